// Loads a job of the caller's tenant or answers 404: combinators around every handler that needs a job.
import { LadingError } from '../../errors/lading-error.ts'
import type { Job, JobKind } from '../../jobs/store/job.ts'
import type { Handler, Service } from '../http-service.ts'
import { redactJob } from '../response/redact-error.ts'
import type { HttpRequest, HttpResponse } from '../wire/message.ts'

type JobHandler = (job: Job, request: HttpRequest, service: Service) => Promise<HttpResponse> | HttpResponse

/** RFC 9562, any version. */
const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i

export const withImport = (handler: JobHandler): Handler => withJob('import', handler)
export const withExport = (handler: JobHandler): Handler => withJob('export', handler)

/**
 * The id of an import is not found among the exports, and vice versa. A job that the caller may not see is not found
 * either: one of another tenant, or of a resource that the caller may not read.
 */
function withJob(kind: JobKind, handler: JobHandler): Handler {
  return async (request, service) => {
    const { access } = request
    const job = await service.jobs.get(jobId(request), { tenant: access.tenant })
    const resources = job?.resources ?? (job && [job.resource]) ?? []
    if (job?.kind !== kind || !(await access.maySee(kind, resources))) {
      throw new LadingError('JOB_NOT_FOUND', `There is no ${kind} with this id.`)
    }
    await access.permit(...resources)
    return handler(await redactJob(job, request, service), request, service)
  }
}

/** @throws LadingError `JOB_ID_INVALID`, before any query */
export function jobId({ params }: HttpRequest): string {
  const { job_id: id = '' } = params
  if (!uuid.test(id)) throw new LadingError('JOB_ID_INVALID', 'The job id is not a valid UUID.')
  return id.toLowerCase()
}
