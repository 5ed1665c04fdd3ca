// POST /v1/imports/:job_id/retry: a failed or cancelled import resumes after its checkpoint.
import { LadingError } from '../../errors/lading-error.ts'
import { redactRetry } from '../response/redact-error.ts'
import { refuseWhileDraining } from '../submit/refuse-while-draining.ts'
import { json } from '../wire/message.ts'
import { HttpFault } from '../wire/problem.ts'
import { acceptedJob, selfLink } from '../wire/representation.ts'
import { withImport } from './found-job.ts'

export const retryImport = withImport(async (job, request, service) => {
  refuseWhileDraining(service)
  const retried = await service.jobs.retry(job.id).catch(error => expired(redactRetry(error, job)))
  return json(202, acceptedJob(retried ?? job, request.mount), { Location: selfLink(job, request.mount) })
})

function expired(error: unknown): never {
  if (!(error instanceof LadingError) || error.code !== 'STORAGE_NOT_FOUND') throw error
  throw new HttpFault('FILE_EXPIRED', error.message)
}
