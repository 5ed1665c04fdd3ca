// Errors and jobs → the same without the resources and jobs that the caller may not see.
import { ResourceUnknown } from '../../engine/resource/resource-unknown.ts'
import { LadingError } from '../../errors/lading-error.ts'
import type { Job } from '../../jobs/store/job.ts'
import type { Access } from '../wire/message.ts'

/** The error of a request, as its caller may read it. @throws LadingError `HOOK_FAILED` */
export async function redactError(error: unknown, access: Access): Promise<unknown> {
  return error instanceof ResourceUnknown ? error.among(await access.permitted(error.known)) : error
}

/**
 * The job as its caller may read it. A worker wrote its error without knowing the reader, so a list of resources in it
 * is removed. The import that it follows may be invisible to this caller.
 */
export async function redactJob(
  job: Job,
  { access }: { readonly access: Access },
  { authorize }: { readonly authorize: object | undefined },
): Promise<Job> {
  if (authorize === undefined) return job
  if (job.errorCode === 'RESOURCE_UNKNOWN') {
    return { ...job, errorMessage: 'The worker that began this job does not know its resource.' }
  }
  const { after, afterResource } = job
  const isVisible = afterResource !== null && (await access.maySee('import', [afterResource]))
  if (after === null || isVisible) return job
  const errorMessage = job.errorCode === 'AFTER_FAILED' ? abandonedMessage : job.errorMessage
  return { ...job, after: null, errorMessage }
}

const abandonedMessage =
  'The import that this one was to follow did not complete; nothing of this one was imported. Retry that one first, and then this one.'

/** The error of a retry, for a caller who may not see the import that the job follows. @param job as its caller reads it */
export function redactRetry(error: unknown, job: Job): unknown {
  const isHidden = error instanceof LadingError && error.code === 'AFTER_FAILED' && job.after === null
  return isHidden ? new LadingError('AFTER_FAILED', abandonedMessage) : error
}
