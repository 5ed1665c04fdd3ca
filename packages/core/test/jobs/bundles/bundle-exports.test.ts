// Bundles that are made as jobs, and files for their time: nothing but the file is left, and that not for ever.
import { randomUUID } from 'node:crypto'
import { utimes } from 'node:fs/promises'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { describe, expect, test } from 'vitest'
import { storedFiles } from '../../../../../test-support/stored-files.ts'
import { fileStorage } from '../../../src/index.ts'
import { plantRows } from '../../fixtures/bundle-fixture.ts'
import { jobsHarness } from '../../fixtures/jobs-harness.ts'

const harness = jobsHarness()

const files = async (folder = harness.folder) => storedFiles(folder)

describe('the export', () => {
  test('counts the rows of all resources, and leaves nothing but its file', async () => {
    await plantRows(harness.database.pool, 5)
    harness.work()
    const {
      id,
      resource,
      resources: asked,
    } = await harness.jobs.submitBundleExport({ resources: ['users', 'articles'] })
    expect([resource, asked]).toEqual(['*', ['users', 'articles']])
    const job = await harness.ended(id)
    expect(job.file).toMatchObject({
      rows: 10,
      key: `exports/${id}/1.tar.gz`,
      name: expect.stringMatching(/^bundle-/),
    })
    expect(job.progress).toMatchObject({ processedRecords: 10, processedBytes: job.file?.size })
    expect(await files()).toHaveLength(1)
  })

  test('of a value that cannot be printed fails by name, and leaves nothing at all', async () => {
    await plantRows(harness.database.pool, 5)
    await harness.database.pool.query(`update articles set updated_at = 'infinity'`)
    harness.work()
    const { id } = await harness.jobs.submitBundleExport()
    expect(await harness.ended(id)).toMatchObject({
      status: 'failed',
      errorCode: 'VALUE_NOT_PRINTABLE',
      file: null,
    })
    expect(await files()).toEqual([])
  })

  test('that is cancelled while it spools leaves nothing', async () => {
    await plantRows(harness.database.pool, 5)
    harness.work()
    // Once the catalogue was read, a lock on a table concerns its rows only.
    const { id: first } = await harness.jobs.submitBundleExport()
    await harness.ended(first)
    const locking = await harness.database.pool.connect()
    await locking.query('begin; lock table articles')
    const { id } = await harness.jobs.submitBundleExport()
    const parts = async () => (await files()).map(({ name }) => name).filter(name => name.includes('.part'))
    await expect.poll(parts).toContain('1.users.ndjson.part')
    await harness.jobs.cancel(id)
    await expect.poll(parts).toEqual([])
    await locking.query('rollback')
    locking.release()
    expect(await harness.jobs.get(id)).toMatchObject({ status: 'cancelled', file: null })
    expect(await files()).toHaveLength(1)
  })

  test('keeps its parts from the janitor while it runs, and only then', async () => {
    harness.work()
    const { id } = await harness.jobs.submitBundleExport({ resources: ['users'] })
    await harness.ended(id)
    await harness.stop()
    const storage = fileStorage(harness.folder)
    const keys = ['2.users.ndjson.part', '1.users.ndjson.part'].map(name => `exports/${id}/${name}`)
    const longAgo = new Date(Date.now() - 3 * 3_600_000)
    for (const key of [...keys, `exports/${randomUUID()}/2.users.ndjson.part`, 'exports/-/2.part']) {
      await storage.put(key, Readable.from([Buffer.from('x')])).catch(() => undefined)
      await utimes(join(harness.folder, key), longAgo, longAgo).catch(() => undefined)
    }
    // As if another worker were at it, in its second attempt.
    await harness.database.pool.query(
      `update lading.jobs set status = 'processing', token = 2 where id = $1`,
      [id],
    )
    expect(await harness.jobs.clean()).toMatchObject({ orphan: 2 })
    expect(await storage.stat(keys[0] ?? '')).toBeDefined()
    await harness.database.pool.query(`update lading.jobs set status = 'completed' where id = $1`, [id])
    expect(await harness.jobs.clean()).toMatchObject({ orphan: 1 })
    expect((await files()).map(({ name }) => name)).toEqual(['1.tar.gz'])
  })
})

test('a file expires by the clock of the database, and is deleted', async () => {
  harness.work()
  const { id } = await harness.jobs.submitExport({ resource: 'users', format: 'csv' })
  const job = await harness.ended(id)
  expect(job.file).toMatchObject({ isExpired: false })
  await harness.database.pool.query(`update lading.jobs set expires_at = clock_timestamp()`)
  // The clock of this process has nothing to say: the file would be good for an hour by it.
  const before = Date.now
  Date.now = () => before() - 3_600_000
  try {
    expect((await harness.jobs.get(id))?.file).toMatchObject({ isExpired: true, size: job.file?.size })
    expect(await harness.jobs.download(id)).toBeUndefined()
    expect(await harness.jobs.clean()).toMatchObject({ export_file: 1 })
  } finally {
    Date.now = before
  }
  expect(await files()).toEqual([])
  expect((await harness.jobs.get(id))?.file).toBeNull()
})
