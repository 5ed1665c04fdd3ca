// A transaction of the caller: what it must be, what an import sets in it, and that all of it is put back.
import pg from 'pg'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { createDatabase, type TestDatabase } from '../../../../../test-support/database.ts'
import { createImporter, defineResource, LadingError, Type } from '../../../src/index.ts'
import { bytes, rowsOf } from '../../support.ts'

const lists = defineResource('lists', {
  table: 'lists',
  schema: Type.Object({
    id: Type.Integer(),
    words: Type.Array(Type.Union([Type.String(), Type.Null()])),
    days: Type.Optional(Type.String()),
  }),
})
const ndjson = (id: number) => bytes(`{"id":${id},"words":["NULL",null],"days":"[01/02/2020,02/02/2020)"}\n`)
const stored = (id: number) => `(${id},"{""NULL"",NULL}","[2020-01-02,2020-02-02)")`

let database: TestDatabase
let client: pg.Client
beforeAll(async () => {
  database = await createDatabase()
  await database.pool.query(
    'create table lists (id int primary key check (id > 0), words text[] not null, days daterange)',
  )
  client = new pg.Client(database.url)
  await client.connect()
})
beforeEach(async () => {
  await client.query('rollback; reset all')
  await database.pool.query('truncate lists')
})
afterAll(async () => {
  await client.end()
  await database.drop()
})

const run = (source: Buffer, onProgress = () => {}) =>
  createImporter({ pool: database.pool, resources: [lists] })
    .run({ resource: 'lists', format: 'ndjson', source, client, onProgress })
    .catch((error: unknown) => (error instanceof LadingError ? `${error.code} ${error.message}` : error))

/** All that a session can have otherwise, and that an import sets. */
const odd = {
  datestyle: 'German, DMY',
  intervalstyle: 'sql_standard',
  timezone: 'Asia/Kolkata',
  timezone_abbreviations: 'Australia',
  bytea_output: 'escape',
  extra_float_digits: '-15',
  array_nulls: 'off',
  xmlbinary: 'hex',
  xmloption: 'document',
  quote_all_identifiers: 'on',
  standard_conforming_strings: 'off',
  backslash_quote: 'on',
  transform_null_equals: 'on',
  row_security: 'off',
  gin_fuzzy_search_limit: '7',
  exit_on_error: 'off',
  statement_timeout: '1h',
  lock_timeout: '1h',
}
const settings = async () => {
  const { rows } = await client.query(
    'select name, setting from pg_settings where name = any($1) order by name',
    [
      Object.keys(odd).map(name =>
        name === 'datestyle'
          ? 'DateStyle'
          : name === 'intervalstyle'
            ? 'IntervalStyle'
            : name === 'timezone'
              ? 'TimeZone'
              : name,
      ),
    ],
  )
  return rows
}

describe.each([
  ['set in the transaction', 'set local'],
  ['set for the session', 'set'],
])('settings %s', (_, how) => {
  const begin = `begin; ${Object.entries(odd)
    .map(([name, value]) => `${how} ${name} = '${value}'`)
    .join('; ')}`

  test('change no value, and are restored when the import is over', async () => {
    await client.query(begin)
    const before = await settings()
    const report = await run(ndjson(1))
    expect(await settings()).toEqual(before)
    await client.query('commit')
    const after = await settings()
    await client.query('reset all')
    expect(report).toMatchObject({ inserted: 1, failed: 0 })
    expect(before.find(({ name }) => name === 'array_nulls')).toEqual({ name: 'array_nulls', setting: 'off' })
    expect(before).toHaveLength(Object.keys(odd).length)
    expect(after).toEqual(how === 'set' ? before : await settings())
    expect(await rowsOf(database.pool, 'lists')).toEqual([stored(1)])
  })

  test('are restored after an import that fails while the transaction can continue', async () => {
    await client.query(begin)
    const before = await settings()
    expect(await run(bytes('PK\x03\x04'))).toMatchObject({})
    const failed = await createImporter({
      pool: database.pool,
      resources: [lists],
      sessionVariables: () => {
        throw new Error('no')
      },
    })
      .run({ resource: 'lists', format: 'ndjson', source: ndjson(1), client })
      .catch((error: unknown) => error)
    expect(failed).toMatchObject({ code: 'HOOK_FAILED' })
    expect(await settings()).toEqual(before)
    await client.query('rollback; reset all')
  })
})

test.each([
  ['repeatable read', 'begin isolation level repeatable read'],
  ['serializable', 'begin isolation level serializable'],
])('a transaction at %s is rejected before anything is read', async (level, begin) => {
  await client.query(begin)
  const fault = await run(ndjson(1))
  await client.query('insert into lists values (9, array[]::text[])')
  await client.query('commit')
  expect(fault).toBe(
    `OPTION_INVALID The connection in the option client is in a transaction at isolation level ${level}, in which an import would not see what others have committed since it began; use BEGIN ISOLATION LEVEL READ COMMITTED.`,
  )
  expect(await rowsOf(database.pool, 'lists')).toEqual(['(9,{},)'])
})

test('a transaction that is read only is rejected', async () => {
  await client.query('begin read only')
  expect(await run(ndjson(1))).toBe(
    'OPTION_INVALID The connection in the option client is in a transaction that is read only; use BEGIN READ WRITE.',
  )
  await client.query('rollback')
})

test('a connection without a transaction is rejected', async () => {
  expect(await run(ndjson(1))).toBe(
    'OPTION_INVALID The connection in the option client is not in a transaction; send BEGIN first.',
  )
  expect(await rowsOf(database.pool, 'lists')).toEqual([])
})
