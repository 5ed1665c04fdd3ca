// Whether one more file and one more job would be taken, told before the file is read.
import { type Pool, withClient } from '../../postgres/pool/client.ts'
import type { Caller } from '../../engine/resource/definition.ts'
import { knowsRoom, type Storage } from '../../storage/storage.ts'
import { expectFewJobs } from './job-limits.ts'

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
export async function expectRoom(
  { bytes = 0, caller }: WantedCapacity,
  { storage, pool, activeJobsPerCaller }: Parts,
): Promise<void> {
  if (knowsRoom(storage)) await storage.expectRoom(bytes)
  await withClient(pool, client => expectFewJobs(client, caller, { more: 1, most: activeJobsPerCaller }))
}
