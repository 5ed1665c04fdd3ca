// A part of a bundle that was damaged between the table and the archive ends the export: nothing of it is published.
import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { expect, test } from 'vitest'
import { storedFiles } from '../../../../../test-support/stored-files.ts'
import { fileStorage, type Storage } from '../../../src/index.ts'
import { jobsHarness } from '../../fixtures/jobs-harness.ts'

const harness = jobsHarness()

/** Flips a bit of every object that is read but bundles. */
function damaging(stored: Storage): Storage {
  return {
    ...stored,
    get: async (key, range) => {
      const content = await buffer(await stored.get(key, range))
      if (!key.endsWith('.tar.gz')) content[0] = (content[0] ?? 0) ^ 1
      return Readable.from([content])
    },
  }
}

test('a part that differs from what was printed ends the export with STORAGE_CORRUPT, and leaves no file', async () => {
  await harness.database.pool.query(
    `insert into users (email, name, role, active) values ('a@example.org', 'A', 'reader', true)`,
  )
  harness.work({ storage: damaging(fileStorage(harness.folder)) })
  const { id } = await harness.jobs.submitBundleExport({ resources: ['users', 'articles'] })
  expect(await harness.ended(id)).toMatchObject({ status: 'failed', errorCode: 'STORAGE_CORRUPT' })
  expect(await harness.jobs.download(id)).toBeUndefined()
  await expect.poll(() => storedFiles(harness.folder)).toEqual([])
})
