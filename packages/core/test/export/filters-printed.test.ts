// Filters on columns that are carried as text: the value counts, and not how it is written.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createDatabase, type TestDatabase } from '../../../../test-support/database.ts'
import { defineResource, Type } from '../../src/index.ts'
import { exportShaped } from '../support.ts'

const text = Type.Optional(Type.String())
const list = Type.Optional(Type.Array(Type.Union([Type.String(), Type.Null()])))
const things = defineResource('things', {
  table: 'things',
  schema: Type.Object({
    id: Type.Integer(),
    span: text,
    hour: text,
    zoned: text,
    blob: text,
    mac: text,
    address: text,
    range: text,
    place: text,
    letter: text,
    spans: list,
    blobs: list,
  }),
})

let database: TestDatabase
beforeAll(async () => {
  database = await createDatabase()
  await database.pool.query(`create table things (id int primary key, span interval, hour time, zoned timetz, blob bytea,
    mac macaddr, address inet, range int4range, place point, letter "char", spans interval[], blobs bytea[]);
    insert into things values (1, '1 day 02:00', '08:30', '08:30+01', '\\xABcd', '08:00:2b:01:02:03', '10.0.0.1', '[1,3]',
    '(1,2)', 'a', '{1 day,NULL}', '{"\\\\xFF","\\\\x"}'), (2, '2 days', '09:00', '08:30+02', '\\x', '08:00:2b:01:02:04',
    '10.0.0.2', 'empty', '(1,3)', 'b', '{}', '{}')`)
})
afterAll(() => database.drop())

const ids = async (filters: Record<string, unknown>) =>
  String(
    await exportShaped(
      database.pool,
      { resource: 'things', format: 'csv', fields: ['id'], header: false, filters },
      [things],
    ),
  )

test.each<[field: string, asked: unknown, found: string]>([
  ['span', '1 day 02:00:00', '1\n'],
  ['span', 'P1DT2H', '1\n'],
  ['span', '1 day 2 hours', '1\n'],
  ['span', ['48 hours', '2 days'], '2\n'],
  ['hour', '08:30', '1\n'],
  ['hour', '08:30:00.000', '1\n'],
  ['hour', '8:30 AM', '1\n'],
  ['zoned', '08:30:00+01:00', '1\n'],
  ['blob', '\\xABCD', '1\n'],
  ['blob', '\\253\\315', '1\n'],
  ['blob', '', '2\n'],
  ['mac', '08-00-2B-01-02-03', '1\n'],
  ['address', '10.0.0.1/32', '1\n'],
  ['range', '[1,4)', '1\n'],
  ['range', '[1,3]', '1\n'],
  ['range', '(5,5)', '2\n'],
  ['place', '1,2', '1\n'],
  ['letter', 'a', '1\n'],
  // A cast would cut it.
  ['letter', 'ab', ''],
  ['spans', '{1 day,NULL}', '1\n'],
  ['spans', '{24 hours}', ''],
  ['blobs', { eq: ['\\xff', '\\x'] }, '1\n'],
  // A value that is not of the type equals nothing.
  ['span', 'soon', ''],
  ['hour', ['25:00', '09:00'], '2\n'],
])('%s: %j', async (field, asked, found) => {
  expect(await ids({ [field]: asked })).toBe(found)
})
