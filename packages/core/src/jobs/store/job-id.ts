// Job ids from callers: UUIDs (RFC 9562).
import { LadingError } from '../../errors/lading-error.ts'

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i

export function isJobId(id: string): boolean {
  return uuid.test(id)
}

/** @throws LadingError `JOB_ID_INVALID` */
export function assertJobId(id: string): void {
  if (!isJobId(id)) throw new LadingError('JOB_ID_INVALID', 'A job id must be a UUID.')
}
