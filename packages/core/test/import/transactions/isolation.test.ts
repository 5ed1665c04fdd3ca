// Concurrent commits during a batch are seen by its records, for any default isolation of the database.
import pg from 'pg'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { createDatabase, type TestDatabase } from '../../../../../test-support/database.ts'
import {
  createImporter,
  defineResource,
  type ImportReport,
  type Resource,
  type RunOptions,
  Type,
} from '../../../src/index.ts'
import { bytes } from '../../support.ts'

const stock = defineResource('stock', {
  table: 'stock',
  schema: Type.Object({ sku: Type.String(), amount: Type.Integer() }),
  key: ['sku'],
})
const csv = bytes('sku,amount\na,1\nx,2\nb,3\n')

let database: TestDatabase
beforeAll(async () => {
  database = await createDatabase()
  await database.pool.query(
    'create table stock (id serial primary key, sku text not null unique, amount int not null)',
  )
})
beforeEach(async () => {
  await database.pool.query(`truncate stock; alter database ${database.name} reset all`)
})
afterAll(() => database.drop())

/** A pool whose sessions start with the current defaults of the database. */
async function poolWith(setting: string, value: string): Promise<pg.Pool> {
  await database.pool.query(`alter database ${database.name} set ${setting} = '${value}'`)
  return new pg.Pool({ connectionString: database.url })
}

/** Runs `work`, and once commits a row for the key x that waits for a writer of the same key. */
async function whileXIsWritten<Result>(work: () => Promise<Result>): Promise<Result> {
  const other = await database.pool.connect()
  try {
    await other.query(
      `begin isolation level read committed read write; insert into stock (sku, amount) values ('x', 100)`,
    )
    const working = work()
    const waits = async () => {
      const { rows } = await database.pool.query(
        `select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
      )
      return rows.length
    }
    await Promise.race([working, expect.poll(waits).toBe(1)])
    await other.query('commit')
    return await working
  } finally {
    other.release()
  }
}

const table = async () =>
  (await database.pool.query('select sku, amount from stock order by sku')).rows.map(
    ({ sku, amount }) => `${sku} ${amount}`,
  )

const run = (pool: pg.Pool, options: Partial<RunOptions>): Promise<ImportReport> =>
  createImporter<Resource>({ pool, resources: [stock] }).run({
    resource: 'stock',
    format: 'csv',
    source: csv,
    ...options,
  })

const defaults = ['repeatable read', 'serializable']
const outcomes = [
  ['update', { inserted: 2, updated: 1, ignored: 0, failed: 0 }, 2],
  ['ignore', { inserted: 2, updated: 0, ignored: 1, failed: 0 }, 100],
  ['error', { inserted: 2, updated: 0, ignored: 0, failed: 1, errorsByCode: { DUPLICATE_SKU: 1 } }, 100],
] as const

describe.each(defaults)('with %s by default', level => {
  test.each(outcomes)(
    'a key that is inserted concurrently while its batch is written: %s',
    async (onConflict, became, amount) => {
      const pool = await poolWith('default_transaction_isolation', level)
      const report = await whileXIsWritten(() => run(pool, { onConflict }))
      await pool.end()
      expect(report).toMatchObject(became)
      expect(await table()).toEqual(['a 1', 'b 3', `x ${amount}`])
    },
  )
})

test('a database that is read only by default accepts what an import writes', async () => {
  const pool = await poolWith('default_transaction_read_only', 'on')
  const report = await run(pool, {})
  await pool.end()
  expect(report).toMatchObject({ inserted: 3, failed: 0 })
  expect(await table()).toEqual(['a 1', 'b 3', 'x 2'])
})

test('a statement may take longer than the statement_timeout of the role', async () => {
  await database.pool.query(`create function slow() returns trigger language plpgsql as
    $$ begin if new.sku = 'x' then perform pg_sleep(1.2); end if; return new; end $$;
    create trigger slow before insert on stock for each row execute function slow()`)
  const pool = await poolWith('statement_timeout', '1s')
  const report = await run(pool, {})
  await pool.end()
  await database.pool.query('drop function slow cascade')
  expect(report).toMatchObject({ inserted: 3, failed: 0 })
})
