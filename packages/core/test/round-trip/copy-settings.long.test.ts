// How a session is set up by its role or its database changes no value, on its way in or out.
import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createDatabase, type TestDatabase } from '../../../../test-support/database.ts'
import {
  availableTypes,
  createTables,
  exported,
  type Fixture,
  fill,
  inThenOut,
  outThenIn,
  serverCopier,
} from '../copy/round-trip.ts'
import { columnTypes } from '../copy/types.ts'

const seed = Number(process.env.LADING_SEED ?? Math.trunc(Math.random() * 2 ** 31))
const again = `Run it again with LADING_SEED=${seed}.`

let database: TestDatabase
let fixture: Fixture
beforeAll(async () => {
  database = await createDatabase()
  fixture = await createTables(database.pool, await availableTypes(database.pool, columnTypes))
  await fill(database.pool, fixture, 60, seed)
})
afterAll(() => database.drop())

/** All that PostgreSQL lets a role set and that has a part in how values look. */
const odd = {
  datestyle: 'SQL,DMY',
  intervalstyle: 'sql_standard',
  timezone: 'Asia/Kolkata',
  bytea_output: 'escape',
  extra_float_digits: '-15',
  array_nulls: 'off',
  standard_conforming_strings: 'off',
  quote_all_identifiers: 'on',
  transform_null_equals: 'on',
  xmlbinary: 'hex',
}

const options = Object.entries(odd).map(([name, value]) => `-c ${name}=${value}`)

test('a session with unusual settings reads and prints the same as any other', async () => {
  const pool = new pg.Pool({ connectionString: database.url, options: options.join(' ') })
  const copier = serverCopier(database.pool)
  try {
    const { rows } = await pool.query('select current_setting($1) as style', ['intervalstyle'])
    expect(rows).toEqual([{ style: 'sql_standard' }])
    expect(await outThenIn(pool, copier, fixture), again).toEqual([])
    expect(await inThenOut(pool, copier, fixture), again).toEqual([])
    expect(await exported(pool, fixture), again).toEqual(await exported(database.pool, fixture))
  } finally {
    await pool.end()
  }
})
