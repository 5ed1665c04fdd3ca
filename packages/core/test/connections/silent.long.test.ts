// Connections whose packets vanish: detected in time, and the job continues on another one.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import pg from 'pg'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createReferenceDatabase, type TestDatabase } from '../../../../test-support/database.ts'
import { createExporter, createImporter, createJobs, fileStorage, postgresQueue } from '../../src/index.ts'
import { type Direction, type HalfOpenProxy, halfOpenProxy } from '../fixtures/half-open-proxy.ts'
import { bytes, importFile, resources } from '../support.ts'

const noProgressSeconds = 1
/** Rows of the file; wide enough that neither an import nor an export fits into one chunk. */
const count = 3_000
const rows = Array.from({ length: count }, (_, row) => `u${row}@example.org,${'N'.repeat(200)},reader,true\n`)
const csv = bytes(`email,name,role,active\n${rows.join('')}`)

let database: TestDatabase
let folder: string
let proxy: HalfOpenProxy
let pool: pg.Pool
beforeEach(async () => {
  database = await createReferenceDatabase()
  folder = await mkdtemp(join(tmpdir(), 'lading-silent-'))
})
afterEach(async () => {
  await pool.end()
  await proxy.close()
  await database.drop()
  await rm(folder, { recursive: true })
})

async function serviceThatStalls(stallsAt: (chunk: string, direction: Direction) => boolean) {
  proxy = await halfOpenProxy(database.url, stallsAt)
  pool = new pg.Pool({ connectionString: proxy.url, max: 10 })
  const queue = postgresQueue()
  const jobs = createJobs({
    importer: createImporter({ pool, resources, noProgressSeconds, batchRows: 1_000 }),
    // The setting of the pool applies to callers that set nothing.
    exporter: createExporter({ pool, resources }),
    queue,
    storage: fileStorage(folder),
  })
  return { jobs, queue }
}

/** Does one job with workers, and returns what became of it. */
async function worked({ jobs, queue }: Awaited<ReturnType<typeof serviceThatStalls>>, id: string) {
  const stopping = new AbortController()
  const working = jobs.work({ signal: stopping.signal, imports: 1, exports: 1 })
  await expect.poll(async () => (await jobs.get(id))?.status, { timeout: 25_000 }).toMatch(/completed|failed/)
  stopping.abort()
  await working
  await queue.close?.()
  return jobs.get(id)
}

function expectNoticedInTime(): void {
  const [{ tookMs = 0, fairMs = Number.POSITIVE_INFINITY } = {}] = proxy.stalls
  expect(proxy.stalls).toHaveLength(1)
  expect(tookMs).toBeGreaterThan(noProgressSeconds * 1000 - 300)
  expect(fairMs).toBeLessThan((noProgressSeconds + 1) * 1000)
}

let batches = 0
const inSecondBatch = (marks: RegExp) => (chunk: string, direction: Direction) => {
  if (direction === 'to the server' && marks.test(chunk)) batches++
  return batches === 2
}

/** Every batch repeats its first record, so the table refuses it, and it is merged. */
const repeated = bytes(
  `email,name,role,active\n${rows.map((row, index) => (index % 900 === 0 ? row + row : row)).join('')}`,
)

test.each([
  ['in the middle of COPY … FROM, when the server waits for rows', inSecondBatch(/copy "?public/), csv, 0],
  [
    'in the merge, when the server has been asked and its answer is lost',
    inSecondBatch(/savepoint lading_merge/),
    repeated,
    4,
  ],
])('an import whose connection falls silent %s', async (_, stallsAt, source, failed) => {
  batches = 0
  const service = await serviceThatStalls(stallsAt)
  const { id } = await service.jobs.submitImport({ resource: 'users', format: 'csv', source })
  const job = await worked(service, id)
  expectNoticedInTime()
  expect(job).toMatchObject({
    status: 'completed',
    progress: { processedRecords: count + failed, successfulRecords: count, failedRecords: failed },
  })
  const { rows: found } = await database.pool.query(
    'select count(*)::int as rows, count(distinct email)::int as emails from users',
  )
  expect(found).toEqual([{ rows: count, emails: count }])
  const { rows: backends } = await database.pool.query(
    `select count(*)::int as open from pg_stat_activity where datname = current_database() and state like 'idle in%'`,
  )
  expect(backends).toEqual([{ open: 0 }])
})

test('an export whose connection falls silent in the middle of COPY … TO', async () => {
  await importFile(database.pool, 'users', 'csv', csv)
  // Rows come on the connection of the COPY alone.
  const service = await serviceThatStalls(
    (chunk, direction) => direction === 'to the client' && chunk.includes('@example.org,'),
  )
  const { id } = await service.jobs.submitExport({ resource: 'users', format: 'csv' })
  const job = await worked(service, id)
  expectNoticedInTime()
  expect(job).toMatchObject({ status: 'completed', file: { rows: count } })
  const file = await service.jobs.download(id)
  if (file === undefined) throw new Error('The export has no file.')
  expect((await text(file)).trim().split('\n')).toHaveLength(count + 1)
})

test('a submission whose commit is not acknowledged is a job with its file, and a retry with its key is the same job', async () => {
  let isWriting = false
  const service = await serviceThatStalls((chunk, direction) => {
    if (direction === 'to the server' && chunk.includes('insert into lading.jobs')) isWriting = true
    return isWriting && direction === 'to the server' && /commit/i.test(chunk)
  })
  const submit = () =>
    service.jobs.submitImport({ resource: 'users', format: 'csv', source: csv, idempotencyKey: 'k' })
  await expect(submit()).rejects.toMatchObject({ code: 'DATABASE_UNAVAILABLE', retryable: true })
  expectNoticedInTime()
  const { id } = await submit()
  expect(await worked(service, id)).toMatchObject({
    status: 'completed',
    progress: { successfulRecords: count, failedRecords: 0 },
  })
  const { rows: found } = await database.pool.query('select count(*)::int as jobs from lading.jobs')
  expect(found).toEqual([{ jobs: 1 }])
})

test('a slow reader does not count as a silent connection', async () => {
  await importFile(database.pool, 'users', 'csv', csv)
  await serviceThatStalls(() => false)
  const stream = createExporter({ pool, resources, noProgressSeconds }).stream({
    resource: 'users',
    format: 'csv',
  })
  const chunks = stream[Symbol.asyncIterator]()
  const first = String((await chunks.next()).value)
  const begun = performance.now()
  // Nothing is read for longer than a connection may be silent.
  await expect.poll(() => performance.now() - begun, { timeout: 5_000 }).toBeGreaterThan(1_800)
  let rest = ''
  for (let next = await chunks.next(); next.done !== true; next = await chunks.next())
    rest += String(next.value)
  expect(`${first}${rest}`.trim().split('\n')).toHaveLength(count + 1)
})

test('a statement that takes too long is given up, with a fault that can be retried', async () => {
  await serviceThatStalls(() => false)
  const importer = createImporter({ pool, resources, noProgressSeconds })
  const blocker = await database.pool.connect()
  try {
    await blocker.query('begin; lock table users in exclusive mode')
    await expect(importer.run({ resource: 'users', format: 'csv', source: csv })).rejects.toMatchObject({
      code: 'DATABASE_UNAVAILABLE',
      retryable: true,
    })
    // Its backend is ended by another connection, and would continue as soon as it gets the lock.
    const waiting = `select pid from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`
    await expect.poll(async () => (await blocker.query(waiting)).rows).toEqual([])
    await blocker.query('rollback')
  } finally {
    blocker.release()
  }
  expect((await importer.run({ resource: 'users', format: 'csv', source: csv })).successful).toBe(count)
})
