// Further connections are taken only where batches may overlap, and only from what the pool has free.
import pg from 'pg'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { createDatabase, type TestDatabase } from '../../../../../test-support/database.ts'
import { createImporter, defineResource, type RunOptions, Type } from '../../../src/index.ts'
import { bytes } from '../../support.ts'

const things = defineResource('things', {
  table: 'things',
  schema: Type.Object({ id: Type.Integer(), name: Type.Optional(Type.String()) }),
  key: ['id'],
})
const createThings = 'create table things (id int primary key, name text)'
const readsTable = `create function seen(int) returns boolean language sql as $$ select count(*) >= 0 from pg_class $$`

let database: TestDatabase
beforeAll(async () => {
  database = await createDatabase()
})
afterAll(() => database.drop())
afterEach(() => database.pool.query('drop schema public cascade; create schema public'))

/** How many connections of a pool a run used, with all of them back at its end. */
async function used(
  options: Partial<RunOptions<typeof things>> = {},
  { max = 4, connections = 3, held = 0 } = {},
): Promise<number> {
  const pool = new pg.Pool({ connectionString: database.url, max })
  const holders = await Promise.all(Array.from({ length: held }, () => pool.connect()))
  const backends = new Set<unknown>()
  pool.on('acquire', client => backends.add(client))
  const importer = createImporter({ pool, resources: [things], batchRows: 1, connections })
  const report = await importer.run({
    resource: 'things',
    format: 'csv',
    source: bytes('id\n1\n2\n3\n4\n'),
    ...options,
  })
  expect(report).toMatchObject({ processed: 4, inserted: 4, failed: 0 })
  for (const holder of holders) holder.release()
  expect(pool.idleCount).toBe(pool.totalCount)
  await pool.end()
  return backends.size
}

test('as many as the option says', async () => {
  await database.pool.query(createThings)
  expect(await used()).toBe(3)
})

test('one by default', async () => {
  await database.pool.query(createThings)
  expect(await used({}, { connections: 1 })).toBe(1)
})

test.each([
  ['one stays in the pool for others', { max: 3, connections: 3 }, 2],
  ['none is awaited', { max: 4, held: 3 }, 1],
  ['a pool of one is enough', { max: 1 }, 1],
])('%s', async (_, options, expected) => {
  await database.pool.query(createThings)
  expect(await used({}, options)).toBe(expected)
})

test.each<[string, Partial<RunOptions<typeof things>>]>([
  ['a dry run', { dryRun: true }],
  ['an atomic import', { atomic: true }],
  ['an import with a limit of errors', { maxErrors: 10 }],
])('%s uses one connection', async (_, options) => {
  await database.pool.query(createThings)
  expect(await used(options)).toBe(1)
})

test.each([
  [
    'a trigger',
    `create function note() returns trigger language plpgsql as $$ begin return new; end $$;
    create trigger note before insert on things for each row execute function note()`,
  ],
  ['a CHECK with a function of its own', `${readsTable}; alter table things add check (seen(id))`],
  ['a default with one', `${readsTable}; alter table things add seen boolean default seen(1)`],
  [
    'an index with one',
    'create function twice(int) returns int immutable language sql as $$ select $1 * 2 $$; create index on things (twice(id))',
  ],
  [
    'a domain with one',
    `${readsTable}; create domain seen_id int check (seen(value)); alter table things alter id type seen_id`,
  ],
  ['a sequence', 'create sequence ids owned by things.id'],
  ['policies', 'alter table things enable row level security'],
  ['a rule', 'create rule note as on insert to things do also notify things'],
])('a table with %s uses one connection', async (_, sql) => {
  await database.pool.query(`${createThings}; ${sql}`)
  expect(await used()).toBe(1)
})

test('a table with defaults, checks and indexes of built-in functions uses all', async () => {
  await database.pool.query(`create table things (id int primary key check (abs(id) > 0), name text default upper('a'),
    at timestamptz default now()); create index on things (lower(name))`)
  expect(await used()).toBe(3)
})
