// Jobs: submitted, worked on, read; with their errors, rejects and files.
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createReferenceDatabase, type TestDatabase } from '../../../test-support/database.ts'
import {
  createExporter,
  createImporter,
  createJobs,
  fileStorage,
  type Job,
  type Jobs,
  postgresQueue,
  type Queue,
} from '../src/index.ts'
import { bytes, importFile, resources, rowsOf } from './support.ts'

let database: TestDatabase
let folder: string
let queue: Queue
let jobs: Jobs
let stopping: AbortController
let working: Promise<void>
beforeEach(async () => {
  database = await createReferenceDatabase()
  folder = await mkdtemp(join(tmpdir(), 'lading-jobs-'))
  const { pool } = database
  queue = postgresQueue({ pool })
  jobs = createJobs({
    importer: createImporter({ pool, resources, batchRows: 3 }),
    exporter: createExporter({ pool, resources }),
    queue,
    storage: fileStorage(folder),
  })
  stopping = new AbortController()
  working = Promise.resolve()
})
afterEach(async () => {
  stopping.abort()
  await working
  await queue.close()
  await database.drop()
  await rm(folder, { recursive: true })
})

const work = () => {
  working = jobs.work({ signal: stopping.signal })
}

async function ended(id: string): Promise<Job> {
  await expect.poll(async () => (await jobs.get(id))?.status, { timeout: 10_000 }).toMatch(/completed|failed/)
  return (await jobs.get(id)) as Job
}

const file = [
  'email,name,role,active',
  'a@example.org,A,reader,true',
  'foo@bar,B,manager,true',
  'c@example.org,"C\nC",reader,true',
  'A@example.org,D,reader,true',
  'e@example.org,,reader,maybe',
  'f@example.org,F,reader,true',
  '',
].join('\n')

describe('an import', () => {
  test('is pending, then completed with its counts; its errors are numbered and paged', async () => {
    const { id, status } = await jobs.submitImport({ resource: 'users', format: 'csv', source: bytes(file) })
    expect(status).toBe('pending')
    work()
    const job = await ended(id)
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
    expect(await rowsOf(database.pool, 'users')).toHaveLength(3)

    const all = await jobs.errors(id)
    expect(all.total).toBe(5)
    expect(all.errors.map(({ rowNumber, line, field, code }) => [rowNumber, line, field, code])).toEqual([
      [3, 3, 'email', 'INVALID_EMAIL'],
      [3, 3, 'role', 'INVALID_ROLE'],
      [5, 6, 'email', 'DUPLICATE_EMAIL'],
      [6, 7, 'name', 'MISSING_FIELD'],
      [6, 7, 'active', 'INVALID_BOOLEAN'],
    ])
    const pages = await Promise.all([0, 2, 4, 6].map(offset => jobs.errors(id, { limit: 2, offset })))
    expect(pages.flatMap(page => page.errors)).toEqual(all.errors)
  })

  test('gives its rejected records back as a file that can be mended and imported', async () => {
    const { id } = await jobs.submitImport({ resource: 'users', format: 'csv', source: bytes(file) })
    work()
    await ended(id)
    const rejects = await text((await jobs.rejects(id)) as Readable)
    expect(rejects).toBe(
      [
        'lading_error,email,name,role,active',
        'INVALID_EMAIL INVALID_ROLE,foo@bar,B,manager,true',
        'DUPLICATE_EMAIL,A@example.org,D,reader,true',
        'MISSING_FIELD INVALID_BOOLEAN,e@example.org,,reader,maybe',
        '',
      ].join('\n'),
    )
    const mended = rejects
      .replace('foo@bar,B,manager', 'b@example.org,B,admin')
      .replace('A@example', 'd@example')
      .replace('e@example.org,,reader,maybe', 'e@example.org,E,reader,false')
    const { report } = await importFile(database.pool, 'users', 'csv', bytes(mended))
    expect(report).toMatchObject({ successful: 3, failed: 0, warnings: [] })
    expect(await rowsOf(database.pool, 'users')).toHaveLength(6)
  })

  test('of a file that cannot be read on fails, and what came before stays counted', async () => {
    const broken = `${file}g@example.org,"G,reader,true\n`
    const { id } = await jobs.submitImport({ resource: 'users', format: 'csv', source: bytes(broken) })
    work()
    const job = await ended(id)
    expect(job).toMatchObject({
      status: 'failed',
      errorCode: 'FILE_PARSE_ERROR',
      progress: { processedRecords: 6, totalRecords: null },
    })
    expect(job.errorMessage).toContain('begins on line 9')
  })

  test('whose worker died goes on behind its checkpoint, and no row is doubled', async () => {
    const { id } = await jobs.submitImport({ resource: 'users', format: 'csv', source: bytes(file) })
    // What a worker leaves behind that was killed after its first batch: counts, errors, a lease that has run out.
    await database.pool.query(
      `insert into users (email, name, role, active) values ('a@example.org', 'A', 'reader', true), ('c@example.org', E'C\\nC', 'reader', true)`,
    )
    await database.pool.query(
      `update lading.jobs set status = 'processing', token = 1, attempts = 1, lease_until = clock_timestamp() - interval '1 s',
         processed = 3, failed = 1, successful = 2, inserted = 2, errors = 2, stored_errors = 2, checkpoint_row = 4,
         errors_by_code = '{"INVALID_EMAIL": 1, "INVALID_ROLE": 1}' where id = $1`,
      [id],
    )
    work()
    expect(await ended(id)).toMatchObject({
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
    expect((await jobs.errors(id)).errors.map(({ rowNumber }) => rowNumber)).toEqual([5, 6, 6])
    expect(await rowsOf(database.pool, 'users')).toHaveLength(3)
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
  ])('of %s is refused at once, and leaves neither a job nor a file', async (_, options, code) => {
    await expect(jobs.submitImport({ resource: 'users', ...options })).rejects.toMatchObject({ code })
    expect((await jobs.list({ kind: 'import' })).jobs).toEqual([])
    expect(
      (await readdir(folder, { recursive: true, withFileTypes: true })).filter(entry => entry.isFile()),
    ).toEqual([])
  })
})

describe('an export', () => {
  test('makes a file with its rows, size and checksum', async () => {
    await importFile(database.pool, 'users', 'csv', bytes(file))
    work()
    const { id } = await jobs.submitExport({ resource: 'users', format: 'csv', filters: { name: 'F' } })
    const job = await ended(id)
    expect(job).toMatchObject({
      kind: 'export',
      status: 'completed',
      progress: { processedRecords: 1, percentage: 100 },
    })
    const content = await text((await jobs.download(id)) as Readable)
    expect(content.split('\n')[1]).toContain(',f@example.org,F,reader,true,')
    expect(job.file).toMatchObject({ rows: 1, size: Buffer.byteLength(content) })
    const { createHash } = await import('node:crypto')
    expect(job.file?.sha256).toBe(createHash('sha256').update(content).digest('hex'))
  })

  test('with a filter on an unknown field is refused at once', async () => {
    await expect(
      jobs.submitExport({ resource: 'users', format: 'csv', filters: { rol: 'x' } }),
    ).rejects.toMatchObject({
      code: 'FILTER_INVALID',
    })
  })

  test('of a value that cannot be printed fails by name, and leaves no file', async () => {
    await importFile(database.pool, 'users', 'csv', bytes(file))
    await database.pool.query(`update users set updated_at = 'infinity' where name = 'F'`)
    work()
    const { id } = await jobs.submitExport({ resource: 'users', format: 'ndjson' })
    expect(await ended(id)).toMatchObject({ status: 'failed', errorCode: 'VALUE_NOT_PRINTABLE', file: null })
    expect(await jobs.download(id)).toBeUndefined()
  })
})

test('jobs are listed newest first, in pages that new jobs do not shift', async () => {
  const ids: string[] = []
  for (let count = 0; count < 5; count++) {
    ids.unshift((await jobs.submitImport({ resource: 'users', format: 'ndjson', source: bytes('') })).id)
  }
  const first = await jobs.list({ kind: 'import', limit: 2 })
  await jobs.submitImport({ resource: 'users', format: 'ndjson', source: bytes('') })
  const second = await jobs.list({ kind: 'import', limit: 2, cursor: first.nextCursor ?? '' })
  const third = await jobs.list({ kind: 'import', limit: 2, cursor: second.nextCursor ?? '' })
  expect([first, second, third].flatMap(page => page.jobs.map(job => job.id))).toEqual(ids)
  expect(third.nextCursor).toBeNull()
  expect((await jobs.list({ kind: 'export' })).jobs).toEqual([])
})

test('an id that is no UUID is refused, and an unknown one is nothing', async () => {
  await expect(jobs.get('1')).rejects.toMatchObject({ code: 'JOB_ID_INVALID' })
  expect(await jobs.get('00000000-0000-4000-8000-000000000000')).toBeUndefined()
})

test('every part answers when it is asked for its health', async () => {
  expect(await jobs.health()).toEqual({ database: true, storage: true, queue: true })
})
