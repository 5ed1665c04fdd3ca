// Checks, before the file is read, whether one more file and one more job would be accepted.

import type { Caller } from '../../engine/resource/definition.ts'
import { type Pool, withClient } from '../../postgres/pool/checkout.ts'
import { knowsCapacity, type Storage } from '../../storage/storage.ts'
import { checkActiveJobs } from './job-limits.ts'

export interface CapacityRequest {
  /** Size of the file. @defaultValue 0: checks only that the storage is not full */
  readonly bytes?: number | undefined
  readonly caller?: Caller | undefined
}

interface CapacityContext {
  readonly storage: Storage
  readonly pool: Pool
  readonly activeJobsPerCaller: number
}

/**
 * Reserves nothing: the submission checks both again.
 *
 * @throws LadingError `STORAGE_FULL`, if the storage reports its capacity; `TOO_MANY_JOBS`
 */
export async function checkCapacity(
  { bytes = 0, caller }: CapacityRequest,
  { storage, pool, activeJobsPerCaller }: CapacityContext,
): Promise<void> {
  if (knowsCapacity(storage)) await storage.checkCapacity(bytes)
  await withClient(pool, client => checkActiveJobs(client, caller, { more: 1, most: activeJobsPerCaller }))
}
