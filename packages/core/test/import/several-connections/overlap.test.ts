// Batches of one run on several connections: they overlap, commit in the order of the file, and lose nothing.
import { setTimeout } from 'node:timers/promises'
import pg from 'pg'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { createDatabase, type TestDatabase } from '../../../../../test-support/database.ts'
import {
  createImporter,
  defineResource,
  type ImporterOptions,
  importReportOf,
  type RunOptions,
  Type,
} from '../../../src/index.ts'
import { bytes, rowsOf } from '../../support.ts'

const things = defineResource('things', {
  table: 'things',
  schema: Type.Object({ id: Type.Integer(), name: Type.Optional(Type.String()) }),
  key: ['id'],
})
const createThings = 'create table things (id int primary key, name text)'

let database: TestDatabase
beforeAll(async () => {
  database = await createDatabase()
})
afterAll(() => database.drop())
afterEach(() => database.pool.query('drop schema public cascade; create schema public'))

type Options = Partial<RunOptions<typeof things>> & Partial<ImporterOptions>

const run = ({ pool = database.pool, connections = 2, batchRows = 2, ...options }: Options = {}) =>
  createImporter({ pool, resources: [things], batchRows, connections }).run({
    resource: 'things',
    format: 'csv',
    source: bytes('id,name\n'),
    ...options,
  })

const numbers = (count: number) => Array.from({ length: count }, (_, index) => index + 1)
const file = (ids: readonly number[]) => bytes(`id,name\n${ids.map(id => `${id},n${id}\n`).join('')}`)

/** The rows of each transaction, in the order of their ids. */
async function transactions(): Promise<readonly string[]> {
  const { rows } = await database.pool.query(
    'select array_agg(id order by id) as ids from things group by xmin::text order by min(id)',
  )
  return rows.map(({ ids }) => ids.join())
}

test('each batch is one transaction, and all rows are there in the order of the file', async () => {
  await database.pool.query(createThings)
  const progress: number[] = []
  const report = await run({
    source: file(numbers(20)),
    connections: 3,
    onProgress: ({ processed }) => progress.push(processed),
  })
  expect(report).toMatchObject({ processed: 20, inserted: 20, failed: 0 })
  // The end of the file is told as well.
  expect(progress).toEqual([2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 20])
  expect(await rowsOf(database.pool, 'things')).toEqual(numbers(20).map(id => `(${id},n${id})`))
  expect(await transactions()).toEqual([
    '1,2',
    '3,4',
    '5,6',
    '7,8',
    '9,10',
    '11,12',
    '13,14',
    '15,16',
    '17,18',
    '19,20',
  ])
})

test('a batch is open while the one before it waits, and is rolled back when that one needs the table alone', async () => {
  await database.pool.query(createThings)
  const other = await database.pool.connect()
  const backend = await other.query('select pg_backend_pid() as pid')
  await other.query("begin; insert into things values (2, 'theirs')")
  const running = run({ source: file([1, 2, 3, 4, 5, 6]) })
  // The first batch waits for the other transaction, without a limit now, and no later one has written anything.
  const writing = async () => {
    const { rows } = await database.pool.query(
      `select wait_event_type as waits from pg_stat_activity
      where datname = current_database() and backend_xid is not null and pid <> $1`,
      [backend.rows[0]?.pid],
    )
    return rows
  }
  await expect.poll(writing).toEqual([{ waits: 'Lock' }])
  await other.query('commit')
  other.release()
  expect(await running).toMatchObject({ inserted: 5, failed: 1 })
  expect(await rowsOf(database.pool, 'things')).toEqual([
    '(1,n1)',
    '(2,theirs)',
    '(3,n3)',
    '(4,n4)',
    '(5,n5)',
    '(6,n6)',
  ])
})

test.each([2, 3, 4])(
  'of equal keys in neighbouring batches the first one gets in, on %d connections',
  async connections => {
    await database.pool.query(createThings)
    const ids = [1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8, 8, 1]
    const report = await run({ source: file(ids), connections })
    expect(report.errors.map(({ rowNumber, code }) => [rowNumber, code])).toEqual(
      [4, 6, 8, 10, 12, 14, 16, 17].map(row => [row, 'DUPLICATE_ID']),
    )
    expect(await rowsOf(database.pool, 'things')).toEqual(numbers(8).map(id => `(${id},n${id})`))
  },
)

test('a consumer that stops at a batch knows all that is in the table', async () => {
  await database.pool.query(createThings)
  let batches = 0
  const stopped = run({
    source: file(numbers(20)),
    connections: 4,
    async onProgress() {
      if (++batches < 3) return
      // Time enough for the batches after this one to be copied.
      await setTimeout(50)
      throw new Error('Enough of this.')
    },
  })
  const error = await stopped.catch(error => error)
  expect(error).toMatchObject({ code: 'HOOK_FAILED' })
  expect(importReportOf(error)).toMatchObject({ inserted: 6 })
  expect(await rowsOf(database.pool, 'things')).toEqual(numbers(6).map(id => `(${id},n${id})`))
})

test('a batch is committed while the source is silent', async () => {
  await database.pool.query(createThings)
  const long = 'n'.repeat(5_000)
  let speak = () => {}
  const silence = new Promise<void>(resolve => {
    speak = resolve
  })
  async function* source() {
    // What a file is can be told from its first kilobytes only.
    yield bytes(`id,name\n${[1, 2, 3, 4].map(id => `${id},${long}\n`).join('')}`)
    yield Buffer.from('5,n5\n')
    await silence
    yield Buffer.from('6,n6\n')
  }
  const running = run({ source: source(), connections: 3 })
  await expect.poll(() => rowsOf(database.pool, 'things')).toEqual([1, 2, 3, 4].map(id => `(${id},${long})`))
  speak()
  expect(await running).toMatchObject({ inserted: 6 })
})

test('a connection that ends in the middle ends the run, with a report that fits the table', async () => {
  await database.pool.query(createThings)
  const pool = new pg.Pool({ connectionString: database.url, max: 4 })
  let backends: readonly number[] = []
  let batches = 0
  const error = await run({
    pool,
    source: file(numbers(40)),
    async onProgress() {
      if (++batches !== 3) return
      // The next batch is copied, and waits for this one.
      await expect
        .poll(async () => {
          const { rows } = await database.pool.query(
            `select pid from pg_stat_activity where datname = current_database() and state = 'idle in transaction'`,
          )
          backends = rows.map(({ pid }) => pid)
          return backends
        })
        .toHaveLength(1)
      for (const pid of backends) await database.pool.query('select pg_terminate_backend($1)', [pid])
    },
  }).catch(error => error)
  await pool.end()
  expect(backends).toHaveLength(1)
  expect(error).toMatchObject({ code: 'DATABASE_UNAVAILABLE' })
  const inserted = importReportOf(error)?.inserted ?? -1
  expect(await rowsOf(database.pool, 'things')).toEqual(numbers(inserted).map(id => `(${id},n${id})`))
})

test('two runs with the same keys in opposite order end, and each key is in the table once', async () => {
  await database.pool.query(createThings)
  const ids = numbers(200)
  const reports = await Promise.all([
    run({ source: file(ids), batchRows: 10 }),
    run({ source: file([...ids].reverse()), batchRows: 10 }),
  ])
  expect(reports.map(({ processed, inserted, failed }) => [processed, inserted + failed])).toEqual([
    [200, 200],
    [200, 200],
  ])
  expect(reports.reduce((sum, { inserted }) => sum + inserted, 0)).toBe(200)
  expect(await rowsOf(database.pool, 'things')).toEqual(ids.map(id => `(${id},n${id})`))
})
