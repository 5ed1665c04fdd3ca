// What names the resources that there are → the same for a caller who may use some of them only.
import type { Job } from '../../jobs/store/job.ts'
import { ResourceUnknown } from '../../resource/resource-unknown.ts'
import type { Access } from '../wire/message.ts'

/** Any error of a request, as its caller may read it. @throws LadingError `HOOK_FAILED` */
export async function discreetly(error: unknown, access: Access): Promise<unknown> {
  return error instanceof ResourceUnknown ? error.among(await access.permitted(error.known)) : error
}

/**
 * A job as its caller may read it. Its error was written by a worker, for whoever would ask: what it lists cannot be
 * told apart any more.
 */
export function discreetJob(job: Job, { authorize }: { readonly authorize: object | undefined }): Job {
  if (authorize === undefined || job.errorCode !== 'RESOURCE_UNKNOWN') return job
  return { ...job, errorMessage: 'The worker that began this job does not know its resource.' }
}
