// A cancelled export leaves no file.
import { expect, test } from 'vitest'
import { storedFiles } from '../../../../../test-support/stored-files.ts'
import { type Job, memoryStorage } from '../../../src/index.ts'
import { jobsHarness } from '../../fixtures/jobs-harness.ts'

const harness = jobsHarness()

const got = async (id: string) => (await harness.jobs.get(id)) as Job

test('an export that is cancelled leaves no file', async () => {
  const { id } = await harness.jobs.submitExport({ resource: 'users', format: 'csv' })
  const storage = memoryStorage()
  let cancelling: Promise<unknown> | undefined
  const slow = {
    ...storage,
    async put(...args: Parameters<typeof storage.put>) {
      const stored = await storage.put(...args)
      // Its file is complete, and the job not yet.
      cancelling = harness.jobs.cancel(id)
      await cancelling
      return stored
    },
  }
  harness.work({ storage: slow })
  await expect.poll(() => cancelling !== undefined).toBe(true)
  await harness.stop()
  expect(await got(id)).toMatchObject({ status: 'cancelled', file: null })
  const left: string[] = []
  for await (const { key } of storage.list('')) left.push(key)
  expect(left).toEqual([])
})

test('the file of a completed export can be deleted before it expires, also twice', async () => {
  const { id } = await harness.jobs.submitExport({ resource: 'users', format: 'csv' })
  expect(await harness.jobs.deleteFile(id)).toBe(false)
  harness.work()
  await harness.ended(id)
  expect(await harness.jobs.deleteFile(id)).toBe(true)
  expect(await harness.jobs.deleteFile(id)).toBe(true)
  expect(await got(id)).toMatchObject({ status: 'completed', file: null })
  expect(await harness.jobs.download(id)).toBeUndefined()
  expect(await storedFiles(harness.folder)).toEqual([])
})
