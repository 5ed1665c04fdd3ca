// Export jobs: their file, its rows, size and checksum; and how they fail.
import { createHash } from 'node:crypto'
import type { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { describe, expect, test } from 'vitest'
import { file, jobsHarness } from '../../fixtures/jobs-harness.ts'
import { bytes, importFile } from '../../support.ts'

const harness = jobsHarness()

describe('an export', () => {
  test('makes a file with its rows, size and checksum', async () => {
    await importFile(harness.database.pool, 'users', 'csv', bytes(file))
    harness.work()
    const { id } = await harness.jobs.submitExport({
      resource: 'users',
      format: 'csv',
      filters: { name: 'F' },
    })
    const job = await harness.ended(id)
    expect(job).toMatchObject({
      kind: 'export',
      status: 'completed',
      progress: { processedRecords: 1, percentage: 100 },
    })
    const content = await text((await harness.jobs.download(id)) as Readable)
    expect(content.split('\n')[1]).toContain(',f@example.org,F,reader,true,')
    expect(job.file).toMatchObject({ rows: 1, size: Buffer.byteLength(content) })
    expect(job.file?.sha256).toBe(createHash('sha256').update(content).digest('hex'))
  })

  test('with a filter on an unknown field is rejected at once', async () => {
    await expect(
      harness.jobs.submitExport({ resource: 'users', format: 'csv', filters: { rol: 'x' } }),
    ).rejects.toMatchObject({
      code: 'FILTER_INVALID',
    })
  })

  test('of a value that cannot be printed fails by name, and leaves no file', async () => {
    await importFile(harness.database.pool, 'users', 'csv', bytes(file))
    await harness.database.pool.query(`update users set updated_at = 'infinity' where name = 'F'`)
    harness.work()
    const { id } = await harness.jobs.submitExport({ resource: 'users', format: 'ndjson' })
    expect(await harness.ended(id)).toMatchObject({
      status: 'failed',
      errorCode: 'VALUE_NOT_PRINTABLE',
      errorMessage: expect.stringMatching(
        /^The value of "updated_at" in row [0-9a-f-]{36} cannot be printed: only finite values, and years from 0001 to 9999, can be read back\.$/,
      ),
      file: null,
    })
    expect(await harness.jobs.download(id)).toBeUndefined()
  })
})
