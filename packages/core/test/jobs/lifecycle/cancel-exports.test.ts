// An export that nobody wants any more: no file is left of it.
import { expect, test } from 'vitest'
import { storedFiles } from '../../../../../test-support/stored-files.ts'
import { type Job, memoryStorage } from '../../../src/index.ts'
import { jobsBed } from '../../fixtures/jobs-harness.ts'

const bed = jobsBed()

const got = async (id: string) => (await bed.jobs.get(id)) as Job

test('an export that is cancelled leaves no file', async () => {
  const { id } = await bed.jobs.submitExport({ resource: 'users', format: 'csv' })
  const storage = memoryStorage()
  let cancelling: Promise<unknown> | undefined
  const slow = {
    ...storage,
    async put(...args: Parameters<typeof storage.put>) {
      const stored = await storage.put(...args)
      // Its file is complete, and the job not yet.
      cancelling = bed.jobs.cancel(id)
      await cancelling
      return stored
    },
  }
  bed.work({ storage: slow })
  await expect.poll(() => cancelling !== undefined).toBe(true)
  await bed.stop()
  expect(await got(id)).toMatchObject({ status: 'cancelled', file: null })
  const left: string[] = []
  for await (const { key } of storage.list('')) left.push(key)
  expect(left).toEqual([])
})

test('the file of a completed export can be deleted before its time, also twice', async () => {
  const { id } = await bed.jobs.submitExport({ resource: 'users', format: 'csv' })
  expect(await bed.jobs.deleteFile(id)).toBe(false)
  bed.work()
  await bed.ended(id)
  expect(await bed.jobs.deleteFile(id)).toBe(true)
  expect(await bed.jobs.deleteFile(id)).toBe(true)
  expect(await got(id)).toMatchObject({ status: 'completed', file: null })
  expect(await bed.jobs.download(id)).toBeUndefined()
  expect(await storedFiles(bed.folder)).toEqual([])
})
