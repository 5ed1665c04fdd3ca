// Rows whose table does not outlive a crash of PostgreSQL are not reported as imported, unless the resource allows it.
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { createDatabase, type TestDatabase } from '../../../../../test-support/database.ts'
import {
  createImporter,
  defineResource,
  type ImportOptions,
  type LadingError,
  type RecordError,
  type Resource,
  type RunOptions,
  Type,
} from '../../../src/index.ts'
import { bytes } from '../../support.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await createDatabase()
})
afterAll(() => database.drop())
beforeEach(async () => {
  await database.pool.query(
    'drop table if exists items, parts cascade; drop view if exists seen cascade; drop sequence if exists numbers',
  )
})

const over = (table: string, unlogged?: 'refuse' | 'allow'): Resource =>
  defineResource('items', {
    table,
    schema: Type.Object({ id: Type.Integer(), name: Type.Optional(Type.String()) }),
    ...(unlogged && { unlogged }),
  })

const file = bytes('id,name\n1,Ada\n2,Bob\n')

function run(resource: Resource, settings: Partial<RunOptions> = {}) {
  const importer = createImporter({ pool: database.pool, resources: [resource] })
  return importer.run({ resource: 'items', format: 'csv', source: file, ...settings })
}

const refusal = (what: string, remedy: string) => ({
  code: 'RESOURCE_MISMATCH',
  message: `Nothing can be imported into the resource "items": ${what} is UNLOGGED: a crash of PostgreSQL empties it, and the records would still be reported as imported. Run ${remedy} SET LOGGED, or set unlogged: 'allow' on the resource.`,
})

const places: readonly (readonly [string, string, string, string, string])[] = [
  [
    'a table',
    'create unlogged table items (id int primary key, name text)',
    'items',
    'items',
    'ALTER TABLE items',
  ],
  [
    'a partition',
    `create table items (id int, name text) partition by range (id);
      create table parts partition of items for values from (2) to (10);
      create unlogged table odd partition of items for values from (0) to (2)`,
    'items',
    'odd',
    'ALTER TABLE odd',
  ],
  [
    'a table below a view',
    'create unlogged table items (id int primary key, name text); create view seen as select id, name from items',
    'seen',
    'items',
    'ALTER TABLE items',
  ],
  [
    'a table that inherits',
    'create table items (id int, name text); create unlogged table parts () inherits (items)',
    'items',
    'parts',
    'ALTER TABLE parts',
  ],
  [
    'a sequence that gives its numbers',
    `create unlogged sequence numbers; create table items (id int, name text, n int default nextval('numbers'))`,
    'items',
    'numbers',
    'ALTER SEQUENCE numbers',
  ],
]

describe('UNLOGGED', () => {
  test.each(places)('%s is rejected, by an import and at the start', async (_, sql, table, what, remedy) => {
    await database.pool.query(sql)
    await expect(run(over(table))).rejects.toMatchObject(refusal(what, remedy))
    const check = createImporter({ pool: database.pool, resources: [over(table)] }).check()
    await expect(check).rejects.toMatchObject(refusal(what, remedy))
    expect((await database.pool.query('select from items')).rowCount).toBe(0)
  })

  test.each(places)(
    '%s is written if the resource allows it, with a warning',
    async (_, sql, table, what) => {
      await database.pool.query(sql)
      const { inserted, warnings } = await run(over(table, 'allow'))
      expect(inserted).toBe(2)
      expect(warnings).toEqual([
        {
          code: 'UNLOGGED_TABLE',
          detail: `${what} is UNLOGGED: a crash of PostgreSQL empties it, even though the records are reported as imported`,
        },
      ])
      expect((await database.pool.query('select id, name from items order by id')).rows).toEqual([
        { id: 1, name: 'Ada' },
        { id: 2, name: 'Bob' },
      ])
    },
  )

  test.each<ImportOptions>([{ onConflict: 'error' }, { atomic: true }, { dryRun: true }])(
    '%o is rejected like any import',
    async settings => {
      await database.pool.query('create unlogged table items (id int primary key, name text)')
      await expect(run(over('items'), settings)).rejects.toMatchObject(refusal('items', 'ALTER TABLE items'))
    },
  )

  test('a table that was altered after the importer checked it is rejected as well', async () => {
    await database.pool.query('create table items (id int primary key, name text)')
    const importer = createImporter({ pool: database.pool, resources: [over('items')] })
    await importer.check()
    await database.pool.query('alter table items set unlogged')
    const again = importer.run({ resource: 'items', format: 'csv', source: file })
    await expect(again).rejects.toMatchObject(refusal('items', 'ALTER TABLE items'))
  })

  test('a partitioned table is judged by its partitions, not by its own persistence', async () => {
    const { rows } = await database.pool.query("select current_setting('server_version_num')::int as version")
    // PostgreSQL 18 refuses the mark, and older ones ignore it.
    const mark = Number(rows[0]?.version) < 180_000 ? 'unlogged' : ''
    await database.pool.query(`create ${mark} table items (id int, name text) partition by range (id);
      create table parts partition of items for values from (0) to (10)`)
    expect((await run(over('items'))).warnings).toEqual([])
  })

  test('an unknown value of the option allows nothing', () => {
    // A program without types may say anything.
    const wrong = () => over('items', 'allowed' as 'allow')
    expect(wrong).toThrow('Resource "items": unlogged must be "refuse" or "allow".')
  })
})

test('a temporary table is rejected, except in the transaction of its owner', async () => {
  const client = await database.pool.connect()
  try {
    await client.query('begin; create temporary table items (id int primary key, name text)')
    const importer = createImporter({ pool: database.pool, resources: [over('items')] })
    const report = await importer.run({ resource: 'items', format: 'csv', source: file, client })
    expect(report.inserted).toBe(2)
    expect((await client.query('select id from items order by id')).rows).toEqual([{ id: 1 }, { id: 2 }])
    await client.query('commit')
  } finally {
    client.release()
  }
  // The same connection comes back from the pool, and with it the table.
  const refused: LadingError = await run(over('items')).catch(error => error)
  expect(refused.code).toBe('RESOURCE_MISMATCH')
  expect(refused.message).toContain('temporary, and would disappear when its connection closes')
})

describe('a foreign table', () => {
  /** False where this PostgreSQL has no postgres_fdw. Made of the other table by this statement. */
  async function isMade(there: string): Promise<boolean> {
    const has = await database.pool.query(`select from pg_available_extensions where name = 'postgres_fdw'`)
    if (has.rowCount === 0) return false
    const { rows } = await database.pool.query(
      `select current_database() as name, inet_server_port() as port, session_user as "user"`,
    )
    const [{ name, port, user }] = rows
    const password = new URL(database.url).password || 'none'
    await database.pool.query(`
      create extension if not exists postgres_fdw;
      drop server if exists far cascade; drop schema if exists far cascade; create schema far; ${there};
      create server far foreign data wrapper postgres_fdw options (host '127.0.0.1', port '${port}', dbname '${name}');
      create user mapping for current_user server far options (user '${user}', password '${password}');
      create foreign table items (id int, name text) server far options (schema_name 'far')`)
    return true
  }
  afterEach(() => database.pool.query('drop foreign table if exists items'))

  test('a foreign table is written, with a warning about its separate commits', async ({ skip }) => {
    const isHere = await isMade('create table far.items (id int primary key, name text)')
    skip(!isHere, 'this PostgreSQL has no postgres_fdw')
    const { inserted, warnings } = await run(over('items'))
    expect(inserted).toBe(2)
    expect(warnings).toEqual([
      {
        code: 'FOREIGN_TABLE',
        detail:
          'items is on another server, which commits separately: a crash during a commit can leave a batch there that is not counted here and will be imported again',
      },
    ])
    expect((await database.pool.query('select id from far.items order by id')).rows).toEqual([
      { id: 1 },
      { id: 2 },
    ])
  })

  test('records that are already on another server are rejected by its key, and without a key inserted twice', async ({
    skip,
  }) => {
    const isHere = await isMade('create table far.items (id int unique, name text)')
    skip(!isHere, 'this PostgreSQL has no postgres_fdw')
    await database.pool.query(`insert into far.items values (1, 'Ada')`)
    const errors: RecordError[] = []
    const again = await run(over('items'), { onError: error => errors.push(error) })
    expect(again).toMatchObject({ inserted: 1, failed: 1 })
    expect(errors.map(({ rowNumber, code }) => [rowNumber, code])).toEqual([[2, 'CONSTRAINT_VIOLATION']])
    await database.pool.query('alter table far.items drop constraint items_id_key')
    expect(await run(over('items'))).toMatchObject({ inserted: 2, failed: 0 })
    const { rows } = await database.pool.query('select id from far.items order by id')
    expect(rows.map(({ id }) => id)).toEqual([1, 1, 2, 2])
  })
})
