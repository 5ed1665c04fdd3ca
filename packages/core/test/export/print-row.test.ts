// `printRow`: changes rows, leaves rows out, and what it must not do ends the export.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createDatabase, type TestDatabase } from '../../../../test-support/database.ts'
import { createExporter, createImporter, defineResource, type Resource, Type } from '../../src/index.ts'
import { exportShaped, rowsOf } from '../support.ts'

type Row = Readonly<Record<string, unknown>>

const schema = Type.Object({
  id: Type.Integer(),
  name: Type.String(),
  secret: Type.Optional(Type.String()),
  active: Type.Boolean(),
  big: Type.String({ format: 'int64' }),
  at: Type.String({ format: 'date-time' }),
  day: Type.String({ format: 'date' }),
  uuid: Type.String({ format: 'uuid' }),
  weight: Type.Number(),
  doc: Type.Unknown(),
  tags: Type.Array(Type.String()),
  times: Type.Array(Type.String({ format: 'date-time' })),
})
const columns = `id int primary key, name text, secret text, active boolean, big bigint, at timestamptz, day date, uuid uuid,
  weight float8, doc jsonb, tags text[], times timestamptz[]`

const people = (printRow: (row: Row) => Row | null, table = 'people'): readonly [Resource] => [
  defineResource('people', { table, schema, fields: { secret: { hidden: true } }, printRow }),
]

let database: TestDatabase
beforeAll(async () => {
  database = await createDatabase()
  await database.pool.query(`create table people (${columns}); create table copies (${columns});
    insert into people select g, 'N' || g, 'secret', g = 1, 9007199254740993, '2024-01-31 12:00:00.123456+00', '2024-01-31',
      '00000000-0000-4000-8000-000000000001', 1e-7, '{"n": 1e400}', '{a}', '{2024-01-31Z}' from generate_series(1, 3) g`)
})
afterAll(() => database.drop())

const file = async (format: string, printRow: (row: Row) => Row | null, fields?: readonly string[]) =>
  (await exportShaped(database.pool, { resource: 'people', format, fields }, people(printRow))).toString()

test('it receives the values as NDJSON has them, and no hidden field', async () => {
  for (const format of ['csv', 'ndjson']) {
    const seen: Row[] = []
    await file(format, row => {
      seen.push(row)
      return row
    })
    expect(seen).toHaveLength(3)
    expect({ ...seen[0] }).toEqual({
      id: 1,
      name: 'N1',
      active: true,
      big: '9007199254740993',
      at: '2024-01-31T12:00:00.123456Z',
      day: '2024-01-31',
      uuid: '00000000-0000-4000-8000-000000000001',
      weight: 1e-7,
      doc: { n: Number.POSITIVE_INFINITY },
      tags: ['a'],
      times: ['2024-01-31T00:00:00Z'],
    })
  }
})

const changed = {
  name: '=1, "x"\n',
  active: false,
  big: -9007199254740993n,
  at: '2024-01-31T00:30:00.5+02:00',
  day: '0001-01-01',
  uuid: 'ABCDEF00-0000-4000-8000-000000000001',
  weight: 1e21,
  doc: { a: [null, '\n'] },
  tags: ['=1', ''],
  times: [new Date('2024-01-31T12:00:00Z'), '2024-01-31t23:00:00.123456-05:00'],
}

test.each([
  [
    'csv',
    '1,"=1, ""x""\n",false,-9007199254740993,2024-01-30T22:30:00.5Z,0001-01-01,abcdef00-0000-4000-8000-000000000001,1e+21,"{""a"":[null,""\\n""]}","{=1,""""}","{2024-01-31T12:00:00.000Z,2024-02-01T04:00:00.123456Z}"',
  ],
  [
    'ndjson',
    '{"id":1,"name":"=1, \\"x\\"\\n","active":false,"big":"-9007199254740993","at":"2024-01-30T22:30:00.5Z","day":"0001-01-01","uuid":"abcdef00-0000-4000-8000-000000000001","weight":1e+21,"doc":{"a":[null,"\\n"]},"tags":["=1",""],"times":["2024-01-31T12:00:00.000Z","2024-02-01T04:00:00.123456Z"]}',
  ],
])('a changed value is printed according to its type, and can be imported (%s)', async (format, expected) => {
  const printed = await file(format, row => (row.id === 1 ? { ...row, ...changed } : null))
  const begin = format === 'csv' ? 'id,name,active,big,at,day,uuid,weight,doc,tags,times\n' : ''
  expect(printed).toBe(`${begin}${expected}\n`)
  await database.pool.query('truncate copies')
  const importer = createImporter({ pool: database.pool, resources: people(row => row, 'copies') })
  const report = await importer.run({ resource: 'people', format, source: Buffer.from(printed) })
  expect(report).toMatchObject({ successful: 1, failed: 0 })
  expect(await rowsOf(database.pool, 'copies')).toEqual([
    `(1,"=1, ""x""\n",,f,-9007199254740993,"2024-01-30 22:30:00.5+00",0001-01-01,abcdef00-0000-4000-8000-000000000001,1e+21,"{""a"": [null, ""\\\\n""]}","{=1,""""}","{""2024-01-31 12:00:00+00"",""2024-02-01 04:00:00.123456+00""}")`,
  ])
})

test('an unchanged value keeps every digit, which a JavaScript value would not', async () => {
  const printed = await file('ndjson', row => ({ ...row, name: 'x' }), ['name', 'doc', 'weight', 'big'])
  const [, digits = ''] = /"n": (1[0-9]+)/.exec(printed) ?? []
  expect(digits).toHaveLength(401)
  expect(printed.split('\n')[0]?.replace(digits, '1e400')).toBe(
    '{"name":"x","doc":{"n": 1e400},"weight":1e-07,"big":"9007199254740993"}',
  )
})

test('it receives fields that were not requested, and they are not printed', async () => {
  const printed = await file('csv', row => ({ ...row, name: row.active ? 'A' : 'B' }), ['name'])
  expect(printed).toBe('name\nA\nB\nB\n')
  expect(await file('csv', row => ({ name: `${row.id}` }), ['name'])).toBe('name\n1\n2\n3\n')
})

test('returning null leaves a row out, and it is not counted', async () => {
  const reported: number[] = []
  const exporter = createExporter({
    pool: database.pool,
    resources: people(row => (row.id === 2 ? null : row)),
  })
  const stream = exporter.stream({
    resource: 'people',
    format: 'csv',
    fields: ['id'],
    onRows: rows => reported.push(rows),
  })
  expect((await stream.toArray()).join('')).toBe('id\n1\n3\n')
  expect(reported).toEqual([2])
  for (const [format, empty] of Object.entries({ csv: 'id\n', ndjson: '', json: '[]' })) {
    expect(await file(format, () => null, ['id'])).toBe(empty)
  }
})

describe('ends the export by name', () => {
  const threw = 'printRow of people threw an error.'
  const cases: readonly (readonly [string, (row: Row) => unknown, string])[] = [
    ['throwing', row => (row.id === 3 ? fail() : row), threw],
    [
      'a return that is missing',
      () => undefined,
      'printRow of people did not return a row; it must return an object synchronously, or null to leave the row out.',
    ],
    [
      'a promise',
      async row => row,
      'printRow of people returned a promise; it must return its result synchronously.',
    ],
    [
      'a list',
      () => [],
      'printRow of people did not return a row; it must return an object synchronously, or null to leave the row out.',
    ],
    [
      'an unknown member',
      row => ({ ...row, nmae: 'x' }),
      'printRow of people returned "nmae", which is not a field of the row; return only fields that the row has.',
    ],
    [
      'a hidden field',
      row => ({ ...row, secret: 'x' }),
      'printRow of people returned "secret", which is not a field of the row; return only fields that the row has.',
    ],
    [
      'a member that is missing',
      ({ name: _, ...row }) => row,
      'printRow of people left out "name"; return null for no value.',
    ],
    [
      'a value of another type',
      row => ({ ...row, active: 'perhaps' }),
      'printRow of people returned for "active" a value that must be true or false.',
    ],
    [
      'a number for text',
      row => ({ ...row, name: 1 }),
      'printRow of people returned for "name" a value that must be text.',
    ],
    [
      'half a character',
      row => ({ ...row, name: '\ud800' }),
      'printRow of people returned for "name" a value that contains half of a surrogate pair, which is not valid Unicode; remove it.',
    ],
    [
      'an infinite number',
      row => ({ ...row, weight: Number.POSITIVE_INFINITY }),
      'printRow of people returned for "weight" a value that must be a number.',
    ],
    ['changing the row that it was given', row => Object.assign(row, { name: 'x' }), threw],
    [
      'changing a list of the row',
      row => {
        ;(row.tags as string[]).push('x')
        return row
      },
      threw,
    ],
  ]

  test.each(cases)('%s', async (_title, printRow, message) => {
    for (const format of ['csv', 'ndjson', 'json']) {
      // What a program without types may do.
      await expect(file(format, printRow as never)).rejects.toMatchObject({ code: 'HOOK_FAILED', message })
    }
    await expect.poll(() => database.pool.totalCount - database.pool.idleCount).toBe(0)
  })
})

function fail(): never {
  throw new Error('cannot print')
}
