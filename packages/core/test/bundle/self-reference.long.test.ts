// A bundle of a table that refers to itself: parents come before their children, so that every row can be imported.
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createDatabase, type TestDatabase } from '../../../../test-support/database.ts'
import { createExporter, defineResource, memoryStorage, type Resource, Type } from '../../src/index.ts'
import { buffer, entriesOf } from '../fixtures/bundle-fixture.ts'
import {
  kindsOfStaff,
  type Member,
  plantStaff,
  randomStaff,
  roundTrip,
  staffTable,
  staffWith,
} from '../fixtures/self-reference-fixture.ts'
import { exportFile } from '../support.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await createDatabase()
  await database.pool.query(staffTable)
})
afterAll(() => database.drop())

/** The ids of a bundle's only file, in its order. */
async function idsIn(bundle: Buffer): Promise<readonly number[]> {
  const [, file] = await entriesOf(bundle)
  return (file?.[1] ?? '')
    .trimEnd()
    .split('\n')
    .map(line => JSON.parse(line).id)
}

const treeOf = (table: string, column = 'parent_id'): readonly [Resource] => [
  defineResource('tree', {
    table,
    schema: Type.Object({
      id: Type.Integer(),
      parent_id: Type.Optional(Type.Union([Type.Integer(), Type.Null()])),
    }),
    fields: { parent_id: { column } },
  }),
]

const bundled = async (resources = staffWith(), options = {}) =>
  idsIn(await buffer(createExporter({ pool: database.pool, resources }).bundle(options)))

describe.each(kindsOfStaff)('of %s', (kind, resources) => {
  // No record can name itself by a name: it has none yet.
  const fitting = (members: readonly Member[]) =>
    kind === 'references by name'
      ? members.map(one => (one.parent_id === one.id ? { ...one, parent_id: null } : one))
      : members

  test.each(['ndjson', 'csv'])('random rows come back unchanged from %s', async format => {
    await fc.assert(
      fc.asyncProperty(randomStaff, async members => {
        await plantStaff(database.pool, fitting(members))
        const { before, after, errors } = await roundTrip(database.pool, resources, { format })
        expect(before).toHaveLength(members.length)
        expect(errors).toEqual([])
        expect(after).toEqual(before)
      }),
      { numRuns: 20, endOnFailure: true },
    )
  })
})

test('rows are in the order of the primary key, except rows that an earlier row refers to', async () => {
  await plantStaff(database.pool, [
    { id: 1, parent_id: 5 },
    { id: 2 },
    { id: 3, mentor_id: 6, parent_id: 4 },
    { id: 4 },
    { id: 5, parent_id: 7 },
    { id: 6, parent_id: 5 },
    { id: 7 },
  ])
  expect(await bundled()).toEqual([7, 5, 1, 2, 4, 6, 3])
  // An export of the resource keeps to the primary key.
  const alone = await exportFile(database.pool, 'staff', 'csv', {}, staffWith())
  expect(String(alone).match(/^\d+/gm)).toEqual(['1', '2', '3', '4', '5', '6', '7'])
})

test('rows in a circle and those that refer to them come last, and the import reports which they are', async () => {
  await plantStaff(database.pool, [
    { id: 1, parent_id: 2 },
    { id: 2, parent_id: 3 },
    { id: 3, parent_id: 4 },
    { id: 4, parent_id: 3 },
    { id: 5, mentor_id: 1 },
    { id: 6, parent_id: 6 },
    { id: 7, parent_id: 6 },
    { id: 8, parent_id: 9 },
    { id: 9 },
  ])
  const resources = staffWith({
    references: { parent_id: { table: 'staff' }, mentor_id: { table: 'staff' } },
  })
  const { bundle, errors, after } = await roundTrip(database.pool, resources)
  expect(await idsIn(bundle)).toEqual([6, 7, 9, 8, 1, 2, 3, 4, 5])
  expect(errors).toEqual([
    '5 parent_id PARENT_NOT_FOUND',
    '6 parent_id PARENT_NOT_FOUND',
    '7 parent_id PARENT_NOT_FOUND',
    '8 parent_id PARENT_NOT_FOUND',
    '9 mentor_id MENTOR_NOT_FOUND',
  ])
  expect(after).toHaveLength(4)
})

test('a chain of 20,000 rows, each before the one it refers to, comes back unchanged', async () => {
  await database.pool.query(`truncate staff; insert into staff (id, area, code, parent_id, mentor_id)
    select n, 0, n, nullif(n + 1, 20001), case when n < 20000 then 20000 end from generate_series(1, 20000) n`)
  const ids = await bundled()
  expect(ids).toEqual(Array.from({ length: 20_000 }, (_, index) => 20_000 - index))
})

test('a hidden reference does not reorder rows, since it is not imported', async () => {
  await plantStaff(database.pool, [{ id: 1, parent_id: 2 }, { id: 2 }])
  expect(await bundled()).toEqual([2, 1])
  expect(await bundled(staffWith({ fields: { parent_id: { hidden: true } } }))).toEqual([1, 2])
})

test('a parent outside of the scope is treated as missing', async () => {
  await plantStaff(database.pool, [
    { id: 1, parent_id: 4 },
    { id: 2, parent_id: 3, area: 9 },
    { id: 3, area: 9 },
    { id: 4, parent_id: 2 },
    { id: 5 },
  ])
  const scope = () => ({ area: 0 })
  expect(await bundled(staffWith({ scope }))).toEqual([4, 1, 5])
  expect(await bundled(staffWith({ scope, printRow: row => ({ ...row }) }))).toEqual([4, 1, 5])
})

test('rows that change while the bundle is printed are in it once, as of its snapshot', async () => {
  const count = 500
  await database.pool.query(`truncate staff; insert into staff (id, area, code, parent_id)
    select n, 0, n, nullif(n + 1, ${count + 1}) from generate_series(1, ${count}) n`)
  const storage = memoryStorage()
  const changing = {
    ...storage,
    async put(...args: Parameters<typeof storage.put>) {
      // The order is known, and nothing is printed yet.
      await database.pool.query(`update staff set area = 1; delete from staff where id = 1`)
      await database.pool.query('vacuum staff')
      return storage.put(...args)
    },
  }
  const bundle = await buffer(
    createExporter({ pool: database.pool, resources: staffWith() }).bundle({
      spool: { storage: changing, keyOf: file => file },
    }),
  )
  expect(await idsIn(bundle)).toEqual(Array.from({ length: count }, (_, index) => count - index))
  const [, file] = await entriesOf(bundle)
  expect(file?.[1]).not.toContain('"area":1')
})

test('rows of several partitions come back unchanged', async () => {
  await database.pool.query(`
    create table parts (id int primary key, parent_id int references parts (id)) partition by hash (id);
    create table parts_0 partition of parts for values with (modulus 2, remainder 0);
    create table parts_1 partition of parts for values with (modulus 2, remainder 1);
    insert into parts select n, nullif(n + 1, 101) from generate_series(1, 100) n`)
  const parts = treeOf('parts')
  expect(await bundled(parts)).toEqual(Array.from({ length: 100 }, (_, index) => 100 - index))
  const { before, after, errors } = await roundTrip(database.pool, parts, { table: 'parts' })
  expect([errors, after]).toEqual([[], before])
})

test('rows of child tables, whose keys are not compared, are printed as often as they are in the table', async () => {
  await database.pool.query(`
    create table boxes (id int primary key, parent_id int references boxes (id));
    create table crates () inherits (boxes);
    insert into boxes values (1, 3), (2, 1), (3, null);
    insert into crates values (3, null), (3, 2), (4, 3)`)
  expect(await bundled(treeOf('boxes'))).toEqual([3, 1, 2, 3, 3, 4])
})

test('a name that is hard to quote, and a table without a primary key', async () => {
  await database.pool.query(`
    create table "Odd ""$lading$ t" (id int not null unique, "Parent ""Id" int references "Odd ""$lading$ t" (id));
    insert into "Odd ""$lading$ t" values (1, 2), (2, 3), (3, null)`)
  const [odd] = treeOf('Odd "$lading$ t', 'Parent "Id')
  expect(await bundled([odd])).toEqual([3, 2, 1])
})

test('a reader that leaves while the order is computed ends the query', async () => {
  await database.pool.query('create table stones (id int primary key, parent_id int references stones (id))')
  const exporter = createExporter({ pool: database.pool, resources: treeOf('stones') })
  // Once it has read the catalogue, a lock on the table concerns its rows only.
  await exporter.checkBundle()
  const locking = await database.pool.connect()
  await locking.query('begin; lock table stones')
  // Asked on another connection: a transaction sees the activity of one moment.
  const waiting = async () => {
    const { rowCount } = await database.pool.query(
      `select from pg_stat_activity where wait_event_type = 'Lock' and query like '%places tid[]%'
         and datname = current_database() and pid <> pg_backend_pid()`,
    )
    return rowCount
  }
  const bundle = exporter.bundle()
  bundle.resume().on('error', () => undefined)
  await expect.poll(waiting).toBe(1)
  bundle.destroy()
  await expect.poll(waiting, { timeout: 10_000 }).toBe(0)
  await locking.query('rollback')
  locking.release()
})
