// Settings of a session under which no promise can be kept are refused by name, before anything is read or written.
import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createDatabase, type TestDatabase } from '../../../../test-support/database.ts'
import { createImporter, defineResource, LadingError, Type } from '../../src/index.ts'
import { exportFile } from '../support.ts'

const things = defineResource('things', { table: 'things', schema: Type.Object({ id: Type.Integer() }) })

let database: TestDatabase
beforeAll(async () => {
  database = await createDatabase()
  await database.pool.query(`create table things (id int primary key);
    create schema shadow; create function shadow.lower(text) returns text language sql as $$ select 'x' $$;
    create schema plain; create table plain.pg_more (id int)`)
})
afterAll(() => database.drop())

async function under(options: string) {
  const pool = new pg.Pool({ connectionString: database.url, options })
  const said = (error: unknown) => (error instanceof LadingError ? `${error.code} ${error.message}` : error)
  const importer = createImporter({ pool, resources: [things] })
  const source = [{ id: 1 }]
  const results = [
    await importer.run({ resource: 'things', source }).then(() => 'imported', said),
    await importer.run({ resource: 'things', source, dryRun: true }).then(() => 'judged', said),
    await importer.check().then(() => 'fits', said),
    await exportFile(pool, 'things', 'csv', {}, [things]).then(() => 'exported', said),
  ]
  await pool.end()
  const { rows } = await database.pool.query('delete from things returning id')
  return { results, rows }
}

test.each([
  ['session_replication_role', 'replica', 'turns triggers and foreign keys off'],
  ['zero_damaged_pages', 'on', 'drops the rows of damaged pages without an error'],
  ['ignore_checksum_failure', 'on', 'reads damaged pages without an error'],
])('%s', async (name, value, does) => {
  const { results, rows } = await under(`-c ${name}=${value}`)
  const refusal = `The database session has ${name} = ${value}, which ${does}; reset it for the user and the database that Lading uses.`
  expect(results).toEqual(Array(4).fill(`DATABASE_REFUSED ${refusal}`))
  expect(rows).toEqual([])
})

test('a schema that shadows names of pg_catalog', async () => {
  const { results, rows } = await under('-c search_path=shadow,public,pg_catalog')
  for (const result of results) expect(result).toMatch(/search_path .* the schema "shadow" before pg_catalog/)
  expect(rows).toEqual([])
})

test.each(['plain,public,pg_catalog', 'public,pg_temp', 'pg_catalog,shadow,public', 'shadow,public'])(
  'a search path of %s does no harm',
  async path => {
    const { results, rows } = await under(`-c search_path=${path}`)
    expect(results).toEqual(['imported', 'judged', 'fits', 'exported'])
    expect(rows).toEqual([{ id: 1 }])
  },
)
