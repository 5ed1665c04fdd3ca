// Checks before every submission of a job.
import type { Service } from '../http-service.ts'
import type { HttpRequest } from '../wire/message.ts'
import { HttpFault } from '../wire/problem.ts'

/** @throws HttpFault `SERVER_DRAINING` */
export function refuseWhileDraining({ isDraining }: Service): void {
  if (isDraining())
    throw new HttpFault('SERVER_DRAINING', 'The server is shutting down; try again in a moment.')
}

/**
 * Checks the capacity before the file is read, so that a client does not send a file that cannot be stored.
 *
 * @throws LadingError `STORAGE_FULL`, `TOO_MANY_JOBS`
 */
export async function checkCapacity(request: HttpRequest, { jobs }: Service): Promise<void> {
  const bytes = Number(request.headers['content-length'] ?? 0)
  await jobs.checkCapacity({ bytes: Number.isSafeInteger(bytes) ? bytes : 0, caller: request.access.caller })
}
