// Bundles that are made as jobs, and files for their time: nothing but the file is left, and that not for ever.
import { randomUUID } from 'node:crypto'
import { utimes } from 'node:fs/promises'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { describe, expect, test } from 'vitest'
import { storedFiles } from '../../../../../test-support/stored-files.ts'
import { fileStorage } from '../../../src/index.ts'
import { plantRows } from '../../fixtures/bundle-fixture.ts'
import { jobsBed } from '../../fixtures/jobs-harness.ts'

const bed = jobsBed()

const files = async (folder = bed.folder) => storedFiles(folder)

describe('the export', () => {
  test('counts the rows of all, and leaves nothing but its file', async () => {
    await plantRows(bed.database.pool, 5)
    bed.work()
    const {
      id,
      resource,
      resources: asked,
    } = await bed.jobs.submitBundleExport({ resources: ['users', 'articles'] })
    expect([resource, asked]).toEqual(['*', ['users', 'articles']])
    const job = await bed.ended(id)
    expect(job.file).toMatchObject({
      rows: 10,
      key: `exports/${id}/1.tar.gz`,
      name: expect.stringMatching(/^bundle-/),
    })
    expect(job.progress).toMatchObject({ processedRecords: 10, processedBytes: job.file?.size })
    expect(await files()).toHaveLength(1)
  })

  test('of a value that cannot be printed fails by name, and leaves nothing at all', async () => {
    await plantRows(bed.database.pool, 5)
    await bed.database.pool.query(`update articles set updated_at = 'infinity'`)
    bed.work()
    const { id } = await bed.jobs.submitBundleExport()
    expect(await bed.ended(id)).toMatchObject({
      status: 'failed',
      errorCode: 'VALUE_NOT_PRINTABLE',
      file: null,
    })
    expect(await files()).toEqual([])
  })

  test('that is cancelled while it spools leaves nothing', async () => {
    await plantRows(bed.database.pool, 5)
    bed.work()
    // Once the catalogue was read, a lock on a table concerns its rows only.
    const { id: first } = await bed.jobs.submitBundleExport()
    await bed.ended(first)
    const locking = await bed.database.pool.connect()
    await locking.query('begin; lock table articles')
    const { id } = await bed.jobs.submitBundleExport()
    const parts = async () => (await files()).map(({ name }) => name).filter(name => name.includes('.part'))
    await expect.poll(parts).toContain('1.users.ndjson.part')
    await bed.jobs.cancel(id)
    await expect.poll(parts).toEqual([])
    await locking.query('rollback')
    locking.release()
    expect(await bed.jobs.get(id)).toMatchObject({ status: 'cancelled', file: null })
    expect(await files()).toHaveLength(1)
  })

  test('keeps its parts from the janitor while it runs, and only then', async () => {
    bed.work()
    const { id } = await bed.jobs.submitBundleExport({ resources: ['users'] })
    await bed.ended(id)
    await bed.stop()
    const storage = fileStorage(bed.folder)
    const keys = ['2.users.ndjson.part', '1.users.ndjson.part'].map(name => `exports/${id}/${name}`)
    const longAgo = new Date(Date.now() - 3 * 3_600_000)
    for (const key of [...keys, `exports/${randomUUID()}/2.users.ndjson.part`, 'exports/-/2.part']) {
      await storage.put(key, Readable.from([Buffer.from('x')])).catch(() => undefined)
      await utimes(join(bed.folder, key), longAgo, longAgo).catch(() => undefined)
    }
    // As if another worker were at it, in its second attempt.
    await bed.database.pool.query(`update lading.jobs set status = 'processing', token = 2 where id = $1`, [
      id,
    ])
    expect(await bed.jobs.clean()).toMatchObject({ orphan: 2 })
    expect(await storage.stat(keys[0] ?? '')).toBeDefined()
    await bed.database.pool.query(`update lading.jobs set status = 'completed' where id = $1`, [id])
    expect(await bed.jobs.clean()).toMatchObject({ orphan: 1 })
    expect((await files()).map(({ name }) => name)).toEqual(['1.tar.gz'])
  })
})

test('a file expires by the database’s clock, and is really gone', async () => {
  bed.work()
  const { id } = await bed.jobs.submitExport({ resource: 'users', format: 'csv' })
  const job = await bed.ended(id)
  expect(job.file).toMatchObject({ isExpired: false })
  await bed.database.pool.query(`update lading.jobs set expires_at = clock_timestamp()`)
  // The clock of this process has nothing to say: the file would be good for an hour by it.
  const before = Date.now
  Date.now = () => before() - 3_600_000
  try {
    expect((await bed.jobs.get(id))?.file).toMatchObject({ isExpired: true, size: job.file?.size })
    expect(await bed.jobs.download(id)).toBeUndefined()
    expect(await bed.jobs.clean()).toMatchObject({ export_file: 1 })
  } finally {
    Date.now = before
  }
  expect(await files()).toEqual([])
  expect((await bed.jobs.get(id))?.file).toBeNull()
})
