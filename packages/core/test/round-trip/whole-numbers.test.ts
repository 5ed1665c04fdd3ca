// Whole numbers in columns that hold more than they: printed and read back as numbers of the field, in every format.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createDatabase, type TestDatabase } from '../../../../test-support/database.ts'
import { createImporter, defineResource, Type } from '../../src/index.ts'
import { exportShaped, rowsOf } from '../support.ts'

const integer = Type.Optional(Type.Integer())
const int64 = Type.Optional(Type.String({ format: 'int64' }))
const schema = Type.Object({
  id: Type.Integer(),
  wide: integer,
  price: integer,
  total: int64,
  wides: Type.Optional(Type.Array(Type.Integer())),
  prices: Type.Optional(Type.Array(Type.Integer())),
  totals: Type.Optional(Type.Array(Type.String({ format: 'int64' }))),
})
const [source, copy] = ['source', 'copy'].map(table => defineResource(table, { table, schema }))

let database: TestDatabase
beforeAll(async () => {
  database = await createDatabase()
  const columns = `id int primary key, wide bigint, price numeric(10,2), total numeric(30,1),
    wides bigint[], prices numeric(10,2)[], totals numeric(30,1)[]`
  await database.pool.query(`create table source (${columns}); create table copy (${columns});
    insert into source values (1, 9007199254740991, 700, 9223372036854775807, '{-9007199254740991,0}', '{7,100.00}', '{9223372036854775807}')`)
})
afterAll(() => database.drop())

test.each([
  [
    'csv',
    'id,wide,price,total,wides,prices,totals\n1,9007199254740991,700,9223372036854775807,"{-9007199254740991,0}","{7.00,100.00}",{9223372036854775807.0}\n',
  ],
  [
    'ndjson',
    '{"id":1,"wide":9007199254740991,"price":700,"total":"9223372036854775807","wides":[-9007199254740991,0],"prices":[7.00,100.00],"totals":["9223372036854775807.0"]}\n',
  ],
] as const)('%s', async (format, expected) => {
  if (source === undefined || copy === undefined) throw new Error('Two tables make two resources.')
  const file = await exportShaped(database.pool, { resource: 'source', format }, [source])
  expect(String(file)).toBe(expected)
  await database.pool.query('truncate copy')
  const report = await createImporter({ pool: database.pool, resources: [copy] }).run({
    resource: 'copy',
    format,
    source: file,
  })
  expect(report.errors).toEqual([])
  expect(await rowsOf(database.pool, 'copy')).toEqual(await rowsOf(database.pool, 'source'))
})

test('rows that are already in the table are unchanged under update', async () => {
  if (source === undefined || copy === undefined) throw new Error('Two tables make two resources.')
  await database.pool.query('truncate copy; insert into copy table source')
  const file = await exportShaped(database.pool, { resource: 'source', format: 'csv' }, [source])
  const report = await createImporter({ pool: database.pool, resources: [copy] }).run({
    resource: 'copy',
    format: 'csv',
    source: file,
    onConflict: 'update',
  })
  expect(report).toMatchObject({ updated: 0, ignored: 1 })
})
