// Whether one more file and one more job would be taken, told before the file is read.

import type { Caller } from '../../engine/resource/definition.ts'
import { type Pool, withClient } from '../../postgres/pool/client.ts'
import { knowsCapacity, type Storage } from '../../storage/storage.ts'
import { checkActiveJobs } from './job-limits.ts'

export interface WantedCapacity {
  /** Of the file. @defaultValue 0: whether there is any room */
  readonly bytes?: number | undefined
  readonly caller?: Caller | undefined
}

interface Parts {
  readonly storage: Storage
  readonly pool: Pool
  readonly activeJobsPerCaller: number
}

/**
 * Takes neither: who submits is asked again, and then for good.
 *
 * @throws LadingError `STORAGE_FULL`, where the storage knows; `TOO_MANY_JOBS`
 */
export async function checkCapacity(
  { bytes = 0, caller }: WantedCapacity,
  { storage, pool, activeJobsPerCaller }: Parts,
): Promise<void> {
  if (knowsCapacity(storage)) await storage.checkCapacity(bytes)
  await withClient(pool, client => checkActiveJobs(client, caller, { more: 1, most: activeJobsPerCaller }))
}
