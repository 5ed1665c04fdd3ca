// An exporter lives as long as its server: it notices that a table was changed meanwhile.
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createDatabase, type TestDatabase } from '../../../../test-support/database.ts'
import { createExporter, defineResource, type Exporter, Type } from '../../src/index.ts'

let database: TestDatabase
let exporter: Exporter
beforeEach(async () => {
  database = await createDatabase()
  await database.pool.query(`
    create type mood as enum ('low');
    create table places (id int primary key, name text);
    create table people (id int primary key, mood mood, at timestamp, place_id int references places);
    insert into places values (5, 'x');
    insert into people values (1, 'low', '2024-01-01 12:00:00', 5)`)
  exporter = createExporter({ pool: database.pool, resources: [people] })
  expect(await printed()).toBe('1,low,2024-01-01T12:00:00Z,x\n')
})
afterEach(() => database.drop())

const people = defineResource('people', {
  table: 'people',
  schema: Type.Object({
    id: Type.Integer(),
    mood: Type.String(),
    at: Type.String({ format: 'date-time' }),
    place_id: Type.Integer(),
  }),
  references: { place_id: { table: 'places', show: { place: 'name' } } },
})

async function printed(filters: Readonly<Record<string, unknown>> = {}): Promise<string> {
  const fields = ['id', 'mood', 'at', 'place']
  const stream = exporter.stream({ resource: 'people', format: 'csv', header: false, fields, filters })
  return Buffer.concat(await stream.toArray()).toString()
}

test('a label that was added to an enum can be filtered by', async () => {
  await expect(printed({ mood: 'high' })).rejects.toMatchObject({ code: 'FILTER_INVALID' })
  await database.pool.query(`alter type mood add value 'high'`)
  await database.pool.query(`insert into people values (2, 'high', '2024-01-02', 5)`)
  expect(await printed({ mood: 'high' })).toBe('2,high,2024-01-02T00:00:00Z,x\n')
})

test('a column whose type has changed is printed as its new type', async () => {
  await database.pool.query(`alter table people alter at type timestamptz using at at time zone 'Asia/Tokyo'`)
  expect(await printed()).toBe('1,low,2024-01-01T03:00:00Z,x\n')
})

test.each([
  ['its own', 'alter table people rename mood to temper', '"mood"'],
  ['of a table that it refers to', 'alter table places rename name to title', '"name"'],
])('a column that was renamed, %s, is reported as missing by its name', async (_, change, named) => {
  await database.pool.query(change)
  await expect(printed()).rejects.toMatchObject({
    code: 'RESOURCE_MISMATCH',
    message: expect.stringContaining(named),
  })
})

test('a table that was dropped and recreated is read', async () => {
  await database.pool.query(`
    alter table people rename to former;
    create table people (id int, mood text, at timestamptz, place_id int references places);
    insert into people values (7, 'any', '2024-01-01Z', 5)`)
  expect(await printed({ mood: 'any' })).toBe('7,any,2024-01-01T00:00:00Z,x\n')
})

test('a lock on the table does not block the check for changes', async () => {
  const locking = await database.pool.connect()
  await locking.query('begin; lock table people')
  await exporter.check({ resource: 'people', format: 'csv' })
  await locking.query('rollback')
  locking.release()
})
