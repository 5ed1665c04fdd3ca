// Missing privileges are found before the first row, by `check` and by each import, and each is named.
import pg from 'pg'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { createDatabase, type TestDatabase } from '../../../../../test-support/database.ts'
import { createImporter, defineResource, type Resource, type RunOptions, Type } from '../../../src/index.ts'

const role = `lading_poor_${process.pid}`
const notes = defineResource('notes', {
  table: 'shop.notes',
  schema: Type.Object({
    id: Type.Optional(Type.Integer()),
    name: Type.String(),
    size: Type.Optional(Type.Integer()),
    team_id: Type.Optional(Type.Integer()),
    doubled: Type.Optional(Type.Integer()),
  }),
  key: ['name'],
  references: { team_id: { table: 'shop.teams' } },
  fields: { doubled: { readOnly: true } },
})

let database: TestDatabase
let poor: pg.Pool
beforeAll(async () => {
  database = await createDatabase()
  await database.pool.query(`
    create schema shop;
    create table shop.teams (id int primary key, secret text);
    create table shop.notes (
      id int generated always as identity primary key, name text not null unique, size int,
      team_id int references shop.teams, doubled int generated always as (size * 2) stored
    );
    revoke temporary on database ${database.name} from public;
    create role ${role} login password 'x';
    grant usage on schema shop to ${role}`)
  const url = new URL(database.url)
  url.username = role
  url.password = 'x'
  poor = new pg.Pool({ connectionString: url.href, max: 2 })
})
beforeEach(() =>
  database.pool.query(`
    revoke all on all tables in schema shop from ${role};
    revoke all (id, name, size, team_id, doubled) on shop.notes from ${role};
    revoke all (id, secret) on shop.teams from ${role};
    grant temporary on database ${database.name} to ${role};
    truncate shop.notes restart identity`),
)
afterAll(async () => {
  await poor.end()
  await database.pool.query(`drop owned by ${role}; drop role ${role}`)
  await database.drop()
})

const may = async (...grants: string[]) => {
  for (const grant of grants) await database.pool.query(`grant ${grant} to ${role}`)
}
const importer = () => createImporter<Resource>({ pool: poor, resources: [notes] })
const run = (options: Partial<RunOptions> = {}) =>
  importer().run({ resource: 'notes', source: [{ name: 'a', size: 1 }], ...options })
const lacks = (what: string) =>
  `The database user may not import into the resource "notes"; grant it ${what}.`
const refused = (what: string) => ({ code: 'DATABASE_REFUSED', message: lacks(what) })

test('all missing privileges are named, by check too, and nothing is written', async () => {
  const insert = 'INSERT on shop.notes ("id", "name", "size", "team_id")'
  const all = `${insert}; SELECT on shop.notes; SELECT on shop.teams`
  await expect(run()).rejects.toMatchObject(refused(all))
  await expect(importer().check()).rejects.toMatchObject({ code: 'RESOURCE_MISMATCH', message: lacks(all) })
  await may('insert on shop.notes', 'select on shop.teams')
  await expect(run()).rejects.toMatchObject(refused('SELECT on shop.notes'))
  await may('select on shop.notes')
  await importer().check()
  expect(await run()).toMatchObject({ inserted: 1 })
})

test('privileges on columns suffice if they cover the written ones', async () => {
  await may('insert (name, size) on shop.notes', 'select on shop.notes', 'select (id) on shop.teams')
  await expect(run()).rejects.toMatchObject(refused('INSERT on shop.notes ("id", "team_id")'))
  await may('insert (id, team_id) on shop.notes')
  expect(await run()).toMatchObject({ inserted: 1 })
  await may('update (name, size) on shop.notes')
  await expect(run({ onConflict: 'update' })).rejects.toMatchObject(
    refused('UPDATE on shop.notes ("team_id")'),
  )
  await may('update (team_id) on shop.notes')
  expect(await run({ onConflict: 'update', source: [{ name: 'a', size: 2 }] })).toMatchObject({ updated: 1 })
})

test('the privilege to create temporary tables is one of them', async () => {
  await may('insert, select, update on shop.notes', 'select on shop.teams')
  await database.pool.query(`revoke temporary on database ${database.name} from ${role}`)
  const temporary = 'TEMPORARY on the database, for the staging tables'
  await expect(run()).rejects.toMatchObject(refused(temporary))
  await expect(run({ dryRun: true })).rejects.toMatchObject(refused(temporary))
})

test('a privilege that was revoked after the importer checked the table is reported as well', async () => {
  await may('insert, select, update on shop.notes', 'select on shop.teams')
  const same = importer()
  await same.check()
  await database.pool.query(`revoke insert on shop.notes from ${role}`)
  const running = same.run({ resource: 'notes', source: [{ name: 'b' }] })
  await expect(running).rejects.toMatchObject(
    refused('INSERT on shop.notes ("id", "name", "size", "team_id")'),
  )
})

describe('sequences and the schema', () => {
  const orders = defineResource('orders', {
    table: 'shop.orders',
    schema: Type.Object({ id: Type.Optional(Type.Integer()), name: Type.String() }),
    key: ['id'],
  })
  const order = (records: readonly object[]) =>
    createImporter<Resource>({ pool: poor, resources: [orders], batchRows: 1 }).run({
      resource: 'orders',
      source: records,
    })
  const misses = (what: string) => ({
    code: 'DATABASE_REFUSED',
    message: `The database user may not import into the resource "orders"; grant it ${what}.`,
  })
  beforeEach(async () => {
    await database.pool.query(`
      drop table if exists shop.orders;
      create table shop.orders (id serial primary key, name text not null, place bigserial);
      grant select, insert on shop.orders to ${role}`)
  })

  test('a default that always calls nextval is checked before the first row', async () => {
    await expect(order([{ id: 1, name: 'a' }])).rejects.toMatchObject(
      misses('USAGE on the sequence shop.orders_place_seq'),
    )
    await may('usage on sequence shop.orders_place_seq')
    expect(await order([{ id: 1, name: 'a' }])).toMatchObject({ inserted: 1 })
  })

  test('one of an optional field is checked when the first record lacks the field', async () => {
    await may('usage on sequence shop.orders_place_seq')
    const run = order([{ id: 1, name: 'a' }, { name: 'b' }, { name: 'c' }])
    await expect(run).rejects.toMatchObject({
      ...misses('USAGE on the sequence shop.orders_id_seq'),
      report: { failed: 0 },
    })
    await may('usage on sequence shop.orders_id_seq')
    expect(await order([{ id: 8, name: 'a' }, { name: 'b' }])).toMatchObject({ inserted: 2 })
  })

  test('the schema is named', async () => {
    await may('usage on all sequences in schema shop')
    expect(await order([{ id: 1, name: 'a' }])).toMatchObject({ inserted: 1 })
    const same = createImporter<Resource>({ pool: poor, resources: [orders] })
    await same.check()
    await database.pool.query(`revoke usage on schema shop from ${role}`)
    try {
      await expect(same.run({ resource: 'orders', source: [{ id: 2, name: 'b' }] })).rejects.toMatchObject(
        misses('USAGE on the schema shop'),
      )
    } finally {
      await may('usage on schema shop')
    }
  })
})
