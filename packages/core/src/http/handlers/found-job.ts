// Load a job of the caller's tenant or answer 404: combinators around handlers that need one. There is no other way to it.
import { LadingError } from '../../errors/lading-error.ts'
import type { Job, JobKind } from '../../jobs/store/job.ts'
import { discreetJob } from '../answer/unknown-resource.ts'
import type { Handler, Service } from '../service.ts'
import type { HttpRequest, HttpResponse } from '../wire/message.ts'

type JobHandler = (job: Job, request: HttpRequest, service: Service) => Promise<HttpResponse> | HttpResponse

/** RFC 9562, any version. */
const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i

export const withImport = (handler: JobHandler): Handler => withJob('import', handler)
export const withExport = (handler: JobHandler): Handler => withJob('export', handler)

/** The id of an import is unknown among the exports, and the other way round; that of another tenant, everywhere. */
function withJob(kind: JobKind, handler: JobHandler): Handler {
  return async (request, service) => {
    const { access } = request
    const job = await service.jobs.get(jobId(request), { tenant: access.tenant })
    if (job?.kind !== kind) throw new LadingError('JOB_NOT_FOUND', `There is no ${kind} with this id.`)
    await access.permit(...(job.resources ?? [job.resource]))
    return handler(discreetJob(job, service), request, service)
  }
}

/** @throws LadingError `JOB_ID_INVALID`, before anybody is asked for it */
export function jobId({ params }: HttpRequest): string {
  const { job_id: id = '' } = params
  if (!uuid.test(id)) throw new LadingError('JOB_ID_INVALID', 'A job id is a UUID; this is none.')
  return id.toLowerCase()
}
