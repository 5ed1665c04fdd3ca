// Load a job of the caller's tenant or answer 404: combinators around handlers that need one. There is no other way to it.
import { LadingError } from '../../errors/lading-error.ts'
import type { Job, JobKind } from '../../jobs/store/job.ts'
import { redactJob } from '../answer/redact-error.ts'
import type { Handler, Service } from '../service.ts'
import type { HttpRequest, HttpResponse } from '../wire/message.ts'

type JobHandler = (job: Job, request: HttpRequest, service: Service) => Promise<HttpResponse> | HttpResponse

/** RFC 9562, any version. */
const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i

export const withImport = (handler: JobHandler): Handler => withJob('import', handler)
export const withExport = (handler: JobHandler): Handler => withJob('export', handler)

/**
 * The id of an import does not exist among the exports, and the other way round. The id of a job that the caller may not
 * see does not exist at all: of another tenant, or of a resource that is not for the caller.
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

/** @throws LadingError `JOB_ID_INVALID`, before anybody is asked for it */
export function jobId({ params }: HttpRequest): string {
  const { job_id: id = '' } = params
  if (!uuid.test(id)) throw new LadingError('JOB_ID_INVALID', 'A job id is a UUID; this is none.')
  return id.toLowerCase()
}
