// The janitor's run, as if all files had been left long ago.
import { utimes } from 'node:fs/promises'
import { join } from 'node:path'
import type { FaultHarness } from './harness.ts'

export async function cleanUp(harness: FaultHarness): Promise<void> {
  const longAgo = new Date(Date.now() - 2 * 3_600_000)
  for (const file of await harness.files()) await utimes(join(harness.folder, file), longAgo, longAgo)
  await harness.jobs.clean()
}
