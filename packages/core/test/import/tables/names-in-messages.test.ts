// Names in messages are unambiguous, and messages about several fields are in the plural.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createDatabase, type TestDatabase } from '../../../../../test-support/database.ts'
import { createImporter, defineResource, type Resource, type RunOptions, Type } from '../../../src/index.ts'

const some = Type.Optional

const films = defineResource('films', {
  table: 'films',
  schema: Type.Object({
    id: Type.Integer(),
    name: Type.String(),
    year: Type.Integer(),
    land: some(Type.String()),
    paid: some(Type.Integer()),
    'set, place_id': some(Type.Integer()),
    prop: some(Type.Integer()),
    stock: some(Type.Integer()),
  }),
  key: ['name', 'year', 'land'],
  references: {
    paid: { table: 'payments' },
    'set, place_id': { table: 'sets, places', by: { set_name: 'full, name' } },
  },
})

let database: TestDatabase
beforeAll(async () => {
  database = await createDatabase()
  await database.pool.query(`
    create table payments (id int primary key);
    create table "sets, places" (id int primary key, "full, name" text unique);
    create table "old.props" ("prop, no" int primary key);
    create table films (
      id int primary key, name text not null, year int not null, land text not null default 'CH',
      paid int references payments,
      "set, place_id" int references "sets, places",
      prop int references "old.props",
      stock int,
      unique (name, year, land),
      constraint "stock, or none" check (stock is null or abs(stock) > 5)
    );
    insert into "sets, places" values (1, 'Alps'), (2, 'Lake');
    insert into films values (1, 'Heidi', 1952, 'CH'), (2, 'Hugo', 1942, 'CH')`)
})
afterAll(() => database.drop())

async function said(record: object, options: Partial<RunOptions> = {}): Promise<readonly string[]> {
  const importer = createImporter<Resource>({ pool: database.pool, resources: [films] })
  const { errors } = await importer.run({ resource: 'films', source: [record], dryRun: true, ...options })
  return errors.map(({ code, message }) => `${code}: ${message}`)
}

describe('a key of several fields', () => {
  const heidi = { name: 'Heidi', year: 1952, land: 'CH' }

  test('that already exists', async () => {
    expect(await said({ id: 9, ...heidi })).toEqual([
      'DUPLICATE_NAME_YEAR_LAND: The same "name", "year" and "land" are already in films.',
    ])
  })

  test('of one field that already exists', async () => {
    expect(await said({ id: 1, name: 'x', year: 1, land: 'CH' })).toEqual([
      'DUPLICATE_ID: The same "id" is already in films.',
    ])
  })

  test('that belongs to another row than the other key', async () => {
    expect(await said({ id: 2, ...heidi }, { onConflict: 'update' })).toEqual([
      'DUPLICATE_NAME_YEAR_LAND: The "name", "year" and "land" of this record belong to another row of films, and its other keys do not; correct one of them.',
    ])
  })
})

describe('a reference', () => {
  const film = { id: 9, name: 'New', year: 2026 }

  test('through a field whose name only ends like an id', async () => {
    expect(await said({ ...film, paid: 7 })).toEqual([
      'PAID_NOT_FOUND: There is no paid with the id "7", in the table or earlier in the file.',
    ])
  })

  test('through a field whose name has a comma', async () => {
    expect(await said({ ...film, 'set, place_id': 7 })).toEqual([
      'SET_PLACE_NOT_FOUND: There is no "set, place" with the id "7", in the table or earlier in the file.',
    ])
  })

  test('to a column whose name has a comma', async () => {
    expect(await said({ ...film, set_name: 'Sea' })).toEqual([
      'SET_PLACE_NOT_FOUND: There is no "set, place" with the "full, name" "Sea", in the table or earlier in the file.',
    ])
  })

  test('that is given twice', async () => {
    expect(await said({ ...film, 'set, place_id': 1, set_name: 'Lake' })).toEqual([
      'SET_PLACE_NOT_FOUND: "set_name" and "set, place_id" do not name the same row of "sets, places"; correct one of them.',
    ])
  })

  test('to a table whose name has a dot', async () => {
    expect(await said({ ...film, prop: 7 }, { dryRun: false })).toEqual([
      'CONSTRAINT_VIOLATION: There is no row in "old.props" with the "prop, no" "7". Correct "prop", or add that row first.',
    ])
  })
})

test('a rule whose name has a comma', async () => {
  expect(await said({ id: 9, name: 'New', year: 2026, stock: 1 })).toEqual([
    'CONSTRAINT_VIOLATION: "stock" breaks the rule "stock, or none" of the table; correct it.',
  ])
})

test('columns of a header that match none of the fields', async () => {
  await expect(
    createImporter<Resource>({ pool: database.pool, resources: [films] }).run({
      resource: 'films',
      format: 'csv',
      source: Buffer.from('a,b\n1,2\n'),
    }),
  ).rejects.toMatchObject({
    message: expect.stringContaining(
      'Known columns: id, name, year, land, paid, "set, place_id", prop, stock, set_name.',
    ),
  })
})
