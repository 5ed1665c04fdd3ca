// What names resources and jobs → the same for a caller who may see some of them only.

import { ResourceUnknown } from '../../engine/resource/resource-unknown.ts'
import { LadingError } from '../../errors/lading-error.ts'
import type { Job } from '../../jobs/store/job.ts'
import type { Access } from '../wire/message.ts'

/** Any error of a request, as its caller may read it. @throws LadingError `HOOK_FAILED` */
export async function redactError(error: unknown, access: Access): Promise<unknown> {
  return error instanceof ResourceUnknown ? error.among(await access.permitted(error.known)) : error
}

/**
 * A job as its caller may read it. Its error was written by a worker, for whoever would ask: what it lists cannot be
 * told apart any more. The import that it follows may be one that does not exist for this caller.
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
  const isSeen = afterResource !== null && (await access.maySee('import', [afterResource]))
  if (after === null || isSeen) return job
  const errorMessage = job.errorCode === 'AFTER_FAILED' ? abandonedUnseen : job.errorMessage
  return { ...job, after: null, errorMessage }
}

const abandonedUnseen =
  'The import that this one was to follow did not complete; nothing of this one was imported. Retry that one first, and then this one.'

/** What a retry throws, for a caller who may not see the import that the job follows. @param job as its caller reads it */
export function redactRetry(error: unknown, job: Job): unknown {
  const isToldOf = error instanceof LadingError && error.code === 'AFTER_FAILED' && job.after === null
  return isToldOf ? new LadingError('AFTER_FAILED', abandonedUnseen) : error
}
