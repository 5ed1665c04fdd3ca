// Import jobs: submitted, worked on, read; with their errors and rejects.
import { describe, expect, test } from 'vitest'
import { storedFiles } from '../../../../../test-support/stored-files.ts'
import { file, jobsHarness } from '../../fixtures/jobs-harness.ts'
import { bytes, rowsOf } from '../../support.ts'

const harness = jobsHarness()

describe('an import', () => {
  test('is pending, then completed with its counts; its errors are numbered and paged', async () => {
    const { id, status } = await harness.jobs.submitImport({
      resource: 'users',
      format: 'csv',
      source: bytes(file),
    })
    expect(status).toBe('pending')
    harness.work()
    const job = await harness.ended(id)
    expect(job).toMatchObject({
      kind: 'import',
      status: 'completed',
      resource: 'users',
      format: 'csv',
      errorsByCode: {
        INVALID_EMAIL: 1,
        INVALID_ROLE: 1,
        DUPLICATE_EMAIL: 1,
        MISSING_FIELD: 1,
        INVALID_BOOLEAN: 1,
      },
      progress: {
        totalRecords: 6,
        processedRecords: 6,
        successfulRecords: 3,
        failedRecords: 3,
        insertedRecords: 3,
        updatedRecords: 0,
        ignoredRecords: 0,
        percentage: 100,
      },
      errorCode: null,
    })
    expect(await rowsOf(harness.database.pool, 'users')).toHaveLength(3)

    const all = await harness.jobs.errors(id)
    expect(all.total).toBe(5)
    expect(all.errors.map(({ rowNumber, line, field, code }) => [rowNumber, line, field, code])).toEqual([
      [3, 3, 'email', 'INVALID_EMAIL'],
      [3, 3, 'role', 'INVALID_ROLE'],
      [5, 6, 'email', 'DUPLICATE_EMAIL'],
      [6, 7, 'name', 'MISSING_FIELD'],
      [6, 7, 'active', 'INVALID_BOOLEAN'],
    ])
    const pages = await Promise.all([0, 2, 4, 6].map(offset => harness.jobs.errors(id, { limit: 2, offset })))
    expect(pages.flatMap(page => page.errors)).toEqual(all.errors)
  })

  test('of a file that becomes unreadable fails, and earlier records stay counted', async () => {
    const broken = `${file}g@example.org,"G,reader,true\n`
    const { id } = await harness.jobs.submitImport({
      resource: 'users',
      format: 'csv',
      source: bytes(broken),
    })
    harness.work()
    const job = await harness.ended(id)
    expect(job).toMatchObject({
      status: 'failed',
      errorCode: 'FILE_PARSE_ERROR',
      progress: { processedRecords: 6, totalRecords: null },
    })
    expect(job.errorMessage).toContain('begins on line 9')
    // Its file is unchanged: a retry ends at the same place, and counts nothing twice.
    await harness.jobs.retry(id)
    const { status, errorCode, errorMessage, progress } = await harness.ended(id)
    expect({ status, errorCode, errorMessage }).toEqual({
      status: 'failed',
      errorCode: 'FILE_PARSE_ERROR',
      errorMessage: job.errorMessage,
    })
    expect(progress).toEqual(job.progress)
    expect(await rowsOf(harness.database.pool, 'users')).toHaveLength(3)
  })

  test('whose worker died resumes after its checkpoint, and no row is duplicated', async () => {
    const { id } = await harness.jobs.submitImport({ resource: 'users', format: 'csv', source: bytes(file) })
    // The state left by a worker that was killed after its first batch: counts, errors, an expired lease.
    await harness.database.pool.query(
      `insert into users (email, name, role, active) values ('a@example.org', 'A', 'reader', true), ('c@example.org', E'C\\nC', 'reader', true)`,
    )
    await harness.database.pool.query(
      `update lading.jobs set status = 'processing', token = 1, attempts = 1, lease_until = clock_timestamp() - interval '1 s',
         processed = 3, failed = 1, successful = 2, inserted = 2, errors = 2, stored_errors = 2, checkpoint_row = 4,
         errors_by_code = '{"INVALID_EMAIL": 1, "INVALID_ROLE": 1}' where id = $1`,
      [id],
    )
    harness.work()
    expect(await harness.ended(id)).toMatchObject({
      status: 'completed',
      progress: { processedRecords: 6, successfulRecords: 3, failedRecords: 3 },
      errorsByCode: {
        INVALID_EMAIL: 1,
        INVALID_ROLE: 1,
        DUPLICATE_EMAIL: 1,
        MISSING_FIELD: 1,
        INVALID_BOOLEAN: 1,
      },
    })
    expect((await harness.jobs.errors(id)).errors.map(({ rowNumber }) => rowNumber)).toEqual([5, 6, 6])
    expect(await rowsOf(harness.database.pool, 'users')).toHaveLength(3)
  })

  test.each([
    ['an empty CSV file', { format: 'csv', source: bytes('') }, 'FILE_EMPTY'],
    [
      'an image',
      { format: 'csv', source: Buffer.from([0x89, 0x50, 0x4e, 0x47, 1, 2, 3, 4]) },
      'FORMAT_UNSUPPORTED',
    ],
    [
      'a file that is too large',
      { format: 'csv', source: bytes('x'.repeat(2_000)), maxBytes: 1_000 },
      'FILE_TOO_LARGE',
    ],
    ['an unknown resource', { resource: 'user', format: 'csv', source: bytes(file) }, 'RESOURCE_UNKNOWN'],
  ])('of %s is rejected at once, and leaves neither a job nor a file', async (_, options, code) => {
    await expect(harness.jobs.submitImport({ resource: 'users', ...options })).rejects.toMatchObject({ code })
    expect((await harness.jobs.list({ kind: 'import' })).jobs).toEqual([])
    expect(await storedFiles(harness.folder)).toEqual([])
  })
})

test('jobs are listed newest first, in pages that new jobs do not shift', async () => {
  const ids: string[] = []
  for (let count = 0; count < 5; count++) {
    ids.unshift(
      (await harness.jobs.submitImport({ resource: 'users', format: 'ndjson', source: bytes('') })).id,
    )
  }
  const first = await harness.jobs.list({ kind: 'import', limit: 2 })
  await harness.jobs.submitImport({ resource: 'users', format: 'ndjson', source: bytes('') })
  const second = await harness.jobs.list({ kind: 'import', limit: 2, cursor: first.nextCursor ?? '' })
  const third = await harness.jobs.list({ kind: 'import', limit: 2, cursor: second.nextCursor ?? '' })
  expect([first, second, third].flatMap(page => page.jobs.map(job => job.id))).toEqual(ids)
  expect(third.nextCursor).toBeNull()
  expect((await harness.jobs.list({ kind: 'export' })).jobs).toEqual([])
})

test('an id that is not a UUID is rejected, and an unknown one gives undefined', async () => {
  await expect(harness.jobs.get('1')).rejects.toMatchObject({ code: 'JOB_ID_INVALID' })
  expect(await harness.jobs.get('00000000-0000-4000-8000-000000000000')).toBeUndefined()
})

test('every component responds to a health check', async () => {
  expect(await harness.jobs.health()).toEqual({
    database: true,
    storage: true,
    queue: true,
    waitingForStorages: [],
    waitingFor: [],
  })
})
