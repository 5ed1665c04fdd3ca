// Numbers of JSON files with more digits than JavaScript keeps: refused where they would change, and shown as the file has them.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { createDatabase, type TestDatabase } from '../../../../../test-support/database.ts'
import { createImporter, defineResource, type Resource, type RunOptions, Type } from '../../../src/index.ts'
import { bytes } from '../../support.ts'

const some = <Schema extends Parameters<typeof Type.Optional>[0]>(schema: Schema) => Type.Optional(schema)
const int64 = Type.String({ format: 'int64' })
const decimal = Type.String({ format: 'decimal' })
const things = defineResource('things', {
  table: 'things',
  schema: Type.Object({
    id: Type.Integer(),
    snowflake: some(int64),
    amount: some(decimal),
    whole: some(Type.Integer()),
    ratio: some(Type.Number({ maximum: 1 })),
    name: some(Type.String({ maxLength: 30 })),
    flag: some(Type.Boolean()),
    ids: some(Type.Array(int64)),
    sizes: some(Type.Array(Type.Integer())),
    grid: some(Type.Array(Type.Array(decimal))),
    meta: some(Type.Object({ limit: Type.Number({ maximum: 1 }) })),
    uid: some(Type.BigInt({ minimum: 1n })),
  }),
  key: ['snowflake'],
  fields: { snowflake: { aliases: ['tweet'] } },
})

let database: TestDatabase
beforeAll(async () => {
  database = await createDatabase()
  await database.pool.query(`create table things (id int primary key, snowflake bigint unique, amount numeric, whole bigint,
    ratio float8, name text, flag boolean, ids bigint[], sizes bigint[], grid numeric[], meta jsonb, uid bigint)`)
})
afterAll(() => database.drop())
beforeEach(() => database.pool.query('truncate things'))

async function run(source: string, options: Partial<RunOptions> = {}) {
  const errors: unknown[] = []
  await createImporter<Resource>({ pool: database.pool, resources: [things] }).run({
    resource: 'things',
    format: 'ndjson',
    source: bytes(source),
    onError: ({ field, value, message, recordIdentifier }) =>
      errors.push([field, value, message, recordIdentifier]),
    ...options,
  })
  return errors
}

const digits = 'holds a number with more digits than JSON readers keep; write it as a string.'
const cases: readonly [field: string, value: string, message: string][] = [
  ['amount', '0.1000000000000000055', `"amount" ${digits}`],
  ['amount', '1740982345678901248', `"amount" ${digits}`],
  ['whole', '1740982345678901248', '"whole" must be between -9007199254740991 and 9007199254740991.'],
  ['whole', '1.00000000000000000001', '"whole" must be a whole number.'],
  ['whole', '-0.50', '"whole" must be a whole number.'],
  ['ratio', '1e400', '"ratio" must be at most 1.'],
  ['ratio', '1740982345678901248', '"ratio" must be at most 1.'],
  ['ratio', '2.50', '"ratio" must be at most 1.'],
  ['name', '1740982345678901248', '"name" must be text.'],
  ['flag', '1740982345678901248', '"flag" must be true or false.'],
  ['ids', '[1,1740982345678901248]', `Element 2 of "ids" ${digits}`],
  ['ids', '[ 1740982345678901248 , "1" ]', `Element 1 of "ids" ${digits}`],
  ['sizes', '[1.50,2]', 'Element 1 of "sizes" must be a whole number.'],
  [
    'sizes',
    '[1740982345678901248]',
    'Element 1 of "sizes" must be between -9007199254740991 and 9007199254740991.',
  ],
  ['grid', '[["1",1740982345678901248]]', `Element [1][2] of "grid" ${digits}`],
  ['meta', '{"limit": 1740982345678901248}', '"limit" in "meta" must be at most 1.'],
  ['uid', '-1740982345678901248', `"uid" ${digits}`],
]

describe.each(['ndjson', 'json'])('%s: the report shows the digits of the file', format => {
  test('of a value that is rejected', async () => {
    const records = cases.map(([field, value], index) => `{"id":${index},"${field}":${value}}`)
    const source = format === 'json' ? `[${records.join()}]` : records.join('\n')
    expect(await run(source, { format })).toEqual(
      cases.map(([field, value, message]) => [field, value, message, expect.anything()]),
    )
  })
})

test('of a key, whatever the file calls it, and whatever error the record has', async () => {
  const source = `{"id":1,"snowflake":1740982345678901248,"flag":true}
{"id":2,"tweet":1740982345678901249,"flag":"x"}
{"id":3,"TWEET":"7","x":1740982345678901250,"flag":"x"}
{"id":4,"Tweet ID":1740982345678901251,"ids":[5]}`
  expect(await run(source, { mapping: { 'Tweet ID': 'snowflake' } })).toEqual([
    ['snowflake', '1740982345678901248', `"snowflake" ${digits}`, '1740982345678901248'],
    ['snowflake', '1740982345678901249', `"snowflake" ${digits}`, '1740982345678901249'],
    ['flag', 'x', '"flag" must be true or false.', '1740982345678901249'],
    ['flag', 'x', '"flag" must be true or false.', '7'],
    ['snowflake', '1740982345678901251', `"snowflake" ${digits}`, '1740982345678901251'],
  ])
})

test('a short number in another field of the record is not mistaken for the one that lost digits', async () => {
  expect(await run('{"id":1,"amount":0.1,"ratio":0.1000000000000000055,"whole":1,"name":"a"}\n')).toEqual([])
  const { rows } = await database.pool.query('select amount, ratio, whole from things')
  expect(rows).toEqual([{ amount: '0.1', ratio: 0.1, whole: '1' }])
})

test('a cell of CSV is shown unchanged, in documents too', async () => {
  const csv = 'id,meta,ids\n1,"{""limit"": 1740982345678901248}",\n2,,"{1,17409823456789012480}"\n'
  expect(await run(csv, { format: 'csv' })).toEqual([
    ['meta', '{"limit": 1740982345678901248}', '"limit" in "meta" must be at most 1.', '1'],
    ['ids', '{1,17409823456789012480}', 'Element 2 of "ids" must be a 64-bit whole number.', '2'],
  ])
})
