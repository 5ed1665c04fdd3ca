// What an import is asked to do is checked at once, frozen with the job, and done by every attempt at it.
import { Readable } from 'node:stream'
import { gzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { storedFiles } from '../../../../../test-support/stored-files.ts'
import { fileStorage, LadingError, type SubmitImport } from '../../../src/index.ts'
import { file, jobsHarness } from '../../fixtures/jobs-harness.ts'
import { bytes, rowsOf } from '../../support.ts'

const harness = jobsHarness()

const submit = (options: Partial<SubmitImport>) =>
  harness.jobs.submitImport({ resource: 'users', format: 'csv', source: bytes(file), ...options })

test('options are frozen with the job, including the limit of the file', async () => {
  const settings = { onConflict: 'ignore', maxErrors: 9, mapping: { Mail: 'email' }, delimiter: ',' } as const
  const { id } = await submit({ ...settings, maxBytes: 1_000_000 })
  const { rows } = await harness.database.pool.query('select options from lading.jobs where id = $1', [id])
  expect(rows).toEqual([{ options: { ...settings, maxBytes: 1_000_000, kept: { storedErrors: 100_000 } } }])
  expect((await harness.jobs.get(id))?.options).toEqual({ ...settings, maxBytes: 1_000_000 })
})

test.each([
  ['an unknown policy', { onConflict: 'replace' as 'update' }],
  ['a limit of no errors', { maxErrors: 0 }],
  ['a mapping to an unknown field', { mapping: { Mail: 'emial' } }],
  ['an invalid delimiter', { delimiter: 'x' as ',' }],
  ['an option after the file', { lateOptions: () => ({ maxErrors: 0 }) }],
])('%s is rejected at once, and leaves neither a job nor a file', async (_, options) => {
  await expect(submit(options)).rejects.toMatchObject({ code: 'OPTION_INVALID' })
  expect((await harness.jobs.list({ kind: 'import' })).jobs).toEqual([])
  expect(await storedFiles(harness.folder)).toEqual([])
})

test('a compressed file whose decompressed size is over the limit fails, though its stored size is below', async () => {
  harness.work()
  const source = gzipSync(`email,name,role,active\n${'\n'.repeat(5_000)}a@example.org,A,reader,true\n`)
  const { id } = await submit({ source, compression: 'gzip', maxBytes: 1_000 })
  expect(await harness.ended(id)).toMatchObject({ status: 'failed', errorCode: 'FILE_TOO_LARGE' })
})

describe.each([
  ['dry run', { dryRun: true }, 0],
  ['all or nothing', { atomic: true }, 6],
] as const)('%s', (_, settings, rows) => {
  const good = file
    .replace('foo@bar,B,manager', 'b@example.org,B,admin')
    .replace('A@example', 'd@example')
    .replace(',,reader,maybe', ',E,reader,true')

  test('starts over after an interrupted attempt', async () => {
    const { id } = await submit({ source: bytes(good), ...settings })
    const { pool } = harness.database
    // The state left by an attempt that died in the middle: it has counted, and inserted nothing.
    await pool.query(
      `update lading.jobs set status = 'processing', token = 1, attempts = 1, lease_until = clock_timestamp() - interval '1 s',
         processed = 4, failed = 1, successful = 3, inserted = 3, errors = 1, stored_errors = 1, checkpoint_row = 5,
         errors_by_code = '{"X": 1}', error_counts = '[["X", "email", 1]]' where id = $1`,
      [id],
    )
    await pool.query(
      `insert into lading.record_errors (job_id, tenant, number, of_code, of_field, row_number, line, record_identifier, code, message)
       values ($1, '', 1, 1, 1, 2, 2, '', 'X', 'of the attempt before')`,
      [id],
    )
    await pool.query(`insert into lading.rejected_records values ($1, 2, '[[2, 2, 24, 10, ["X"]]]')`, [id])
    harness.work()
    expect(await harness.ended(id)).toMatchObject({
      status: 'completed',
      errorsByCode: {},
      progress: { totalRecords: 6, processedRecords: 6, insertedRecords: 6, failedRecords: 0 },
    })
    expect((await harness.jobs.errors(id)).errors).toEqual([])
    expect((await pool.query('select from lading.rejected_records')).rowCount).toBe(0)
    expect(await rowsOf(pool, 'users')).toHaveLength(rows)
  })
})

test('an atomic import that fails permanently has imported nothing, and reports it', async () => {
  const { id } = await submit({ atomic: true })
  // The stored file breaks after some batches that were judged.
  const storage = fileStorage(harness.folder)
  async function* breaks(): AsyncGenerator<Buffer> {
    yield bytes(file).subarray(0, -1)
    // The part before the break is judged.
    await expect.poll(async () => (await harness.jobs.get(id))?.progress.processedRecords).toBe(3)
    throw new LadingError('STORAGE_CORRUPT', 'The stored file is broken.')
  }
  harness.work({ storage: { ...storage, get: async () => Readable.from(breaks()) }, maxAttempts: 1 })
  expect(await harness.ended(id)).toMatchObject({
    status: 'failed',
    errorCode: 'STORAGE_CORRUPT',
    progress: { processedRecords: 1, failedRecords: 1, successfulRecords: 0, insertedRecords: 0 },
  })
  expect(await rowsOf(harness.database.pool, 'users')).toEqual([])
})
