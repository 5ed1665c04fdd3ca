// Random files with duplicates and faults: on several connections the same report and the same rows as on one.
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createDatabase, type TestDatabase } from '../../../../../test-support/database.ts'
import { createImporter, defineResource, Type } from '../../../src/index.ts'
import { bytes, rowsOf } from '../../support.ts'

const people = defineResource('people', {
  table: 'people',
  schema: Type.Object({
    id: Type.Integer(),
    name: Type.String(),
    team_id: Type.Optional(Type.Integer()),
    age: Type.Optional(Type.Integer()),
  }),
  key: ['id'],
  references: { team_id: { table: 'teams' } },
})
const tables = `
  create table if not exists teams (id int primary key);
  insert into teams values (1), (2) on conflict do nothing;
  drop table if exists people;
  create table people (id int primary key, name text not null unique, team_id int references teams, age int check (age < 100))`

let database: TestDatabase
beforeAll(async () => {
  database = await createDatabase()
})
afterAll(() => database.drop())

/** Mostly valid records; keys and names repeat, and some teams, ages and numbers are wrong. */
const recordOf = fc.tuple(
  fc.nat(60),
  fc.nat(80),
  fc.oneof(
    { weight: 12, arbitrary: fc.constantFrom('1', '2', '') },
    { weight: 1, arbitrary: fc.constant('3') },
  ),
  fc.oneof(
    { weight: 12, arbitrary: fc.constantFrom('40', '') },
    { weight: 1, arbitrary: fc.constantFrom('100', 'x') },
  ),
)
const fileOf = fc
  .array(recordOf, { minLength: 1, maxLength: 40 })
  .map(records => `id,name,team_id,age\n${records.map(record => `${record.join()}\n`).join('')}`)

type Policy = 'error' | 'ignore' | 'update'

async function imported(file: string, onConflict: Policy, batchRows: number, connections: number) {
  await database.pool.query(tables)
  const importer = createImporter({ pool: database.pool, resources: [people], batchRows, connections })
  const report = await importer.run({ resource: 'people', format: 'csv', source: bytes(file), onConflict })
  const { durationSeconds, ...told } = report
  expect(durationSeconds).toBeGreaterThan(0)
  return { told, rows: await rowsOf(database.pool, 'people') }
}

test('the same report and the same rows', async () => {
  await fc.assert(
    fc.asyncProperty(
      fileOf,
      fc.constantFrom<Policy>('error', 'ignore', 'update'),
      fc.constantFrom(1, 2, 5),
      fc.constantFrom(2, 4),
      async (file, onConflict, batchRows, connections) => {
        const several = await imported(file, onConflict, batchRows, connections)
        expect(several).toEqual(await imported(file, onConflict, batchRows, 1))
      },
    ),
    { numRuns: 30 },
  )
})
