// Values of types that are carried as text: printed as PostgreSQL prints them, on both roads, in lists, and in filters.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createDatabase, type TestDatabase } from '../../../../test-support/database.ts'
import { createImporter, defineResource, type FileShape, type Resource, Type } from '../../src/index.ts'
import { exportShaped } from '../support.ts'

const word = Type.Optional(Type.String())
const words = Type.Optional(Type.Array(Type.Union([Type.String(), Type.Null()])))
const types = {
  address: 'inet',
  network: 'cidr',
  code: 'char(5)',
  padded: 'bpchar',
  letter: '"char"',
  title: 'name',
  price: 'money',
  page: 'xml',
  span: 'interval',
  couple: 'pair',
  addresses: 'inet[]',
  codes: 'char(5)[]',
  paddeds: 'bpchar[]',
  pages: 'xml[]',
  pairs: 'pair[]',
  boxes: 'box[]',
  spans: 'interval[]',
}
const schema = Type.Object({
  key: Type.String(),
  ...Object.fromEntries(
    Object.entries(types).map(([name, type]) => [name, type.endsWith('[]') ? words : word]),
  ),
})
const roads = {
  COPY: defineResource('things', { table: 'things', schema }),
  rows: defineResource('things', { table: 'things', schema, printRow: row => ({ ...row }) }),
}

let database: TestDatabase
beforeAll(async () => {
  database = await createDatabase()
  const columns = `key inet primary key, ${Object.entries(types)
    .map(([name, type]) => `${name} ${type}`)
    .join()}`
  await database.pool.query(`create type pair as (number int, word text);
    create function shown(pair) returns text language sql as $$ select 'a pair' $$;
    create cast (pair as text) with function shown(pair);
    create table things (${columns}); create table copies (${columns})`)
  await database.pool.query(
    `insert into things values ('10.0.0.1', '10.0.0.1', '10.0.0.0/8', 'ab', 'cd  ', 'x', 'Ada', -1.5, $1, '1 day -02:00',
     '(1,"a b")', '{10.0.0.1,10.0.0.2/24,::1,NULL}', '{ab,abcde}', '{"cd  ",e}', array[$1::xml], '{"(1,x)",NULL}',
     '{(2,2),(1,1);(4,4),(3,3)}', '{01:30,NULL}'),
     ('10.0.0.2/24', '10.0.0.2/24', '::/0', '', '  ', '', '', 0, null, null, '(,)', '{}', '{}', '{""}', '{}', '{}', '{}', '{}'),
     ('::1', '::1'${', null'.repeat(Object.keys(types).length - 1)})`,
    ['<?xml version="1.0" encoding="ISO-8859-1"?><a>é</a>'],
  )
})
afterAll(() => database.drop())

const names = `key,${Object.keys(types).join()}`
const csv = `${names}
10.0.0.2/24,10.0.0.2/24,::/0,"",  ,"","",$0.00,,,"(,)",{},{},"{""""}",{},{},{},{}
10.0.0.1,10.0.0.1,10.0.0.0/8,ab,cd  ,x,Ada,-$1.50,<a>é</a>,P1DT-2H,"(1,""a b"")","{10.0.0.1,10.0.0.2/24,::1,NULL}","{ab,abcde}","{""cd  "",e}",{<a>é</a>},"{""(1,x)"",NULL}","{(2,2),(1,1);(4,4),(3,3)}","{PT1H30M,NULL}"
::1,::1${','.repeat(Object.keys(types).length - 1)}
`
const json = [
  [
    '10.0.0.2/24',
    '10.0.0.2/24',
    '::/0',
    '',
    '  ',
    '',
    '',
    '$0.00',
    null,
    null,
    '(,)',
    [],
    [],
    [''],
    [],
    [],
    [],
    [],
  ],
  [
    ...[
      '10.0.0.1',
      '10.0.0.1',
      '10.0.0.0/8',
      'ab',
      'cd  ',
      'x',
      'Ada',
      '-$1.50',
      '<a>é</a>',
      'P1DT-2H',
      '(1,"a b")',
    ],
    ['10.0.0.1', '10.0.0.2/24', '::1', null],
    ['ab', 'abcde'],
    ['cd  ', 'e'],
    ['<a>é</a>'],
    ['(1,x)', null],
    ['(2,2),(1,1)', '(4,4),(3,3)'],
    ['PT1H30M', null],
  ],
  [
    '::1',
    '::1',
    ...Object.keys(types)
      .slice(1)
      .map(() => null),
  ],
]

const printed = async (road: keyof typeof roads, shape: FileShape, filters: Record<string, unknown> = {}) =>
  String(await exportShaped(database.pool, { resource: 'things', filters, ...shape }, [roads[road]]))

test.each(['COPY', 'rows'] as const)('by %s', async road => {
  expect(await printed(road, { format: 'csv' })).toBe(csv)
  const rows: Record<string, unknown>[] = JSON.parse(await printed(road, { format: 'json' }))
  expect(rows.map(row => Object.values(row))).toEqual(json)
  const lines = (await printed(road, { format: 'ndjson' })).trim().split('\n')
  expect(lines.map(line => Object.values(JSON.parse(line)))).toEqual(json)
})

test.each(['csv', 'ndjson'])('and %s is read back, into equal rows', async format => {
  const copies = defineResource('copies', { table: 'copies', schema })
  await database.pool.query('truncate copies')
  const report = await createImporter<Resource>({ pool: database.pool, resources: [copies] }).run({
    resource: 'copies',
    format,
    source: Buffer.from(await printed('COPY', { format })),
  })
  expect(report).toMatchObject({ successful: 3, errors: [] })
  const { rows } =
    await database.pool.query(`(select t::text from things t except select t::text from copies t)
    union all (select t::text from copies t except select t::text from things t)`)
  // An encoding that is declared says nothing of a file in UTF-8.
  expect(rows).toEqual([])
})

test('a filter matches values that are printed the same', async () => {
  const keys = async (filters: Record<string, unknown>) =>
    (await printed('COPY', { format: 'csv' }, filters))
      .trim()
      .split('\n')
      .slice(1)
      .map(line => line.split(',')[0])
  expect(await keys({ key: '10.0.0.1' })).toEqual(['10.0.0.1'])
  expect(await keys({ key: '10.0.0.1/32' })).toEqual(['10.0.0.1'])
  expect(await keys({ key: '::1/128' })).toEqual(['::1'])
  expect(await keys({ address: ['10.0.0.1', '::1'] })).toEqual(['10.0.0.1', '::1'])
  expect(await keys({ addresses: '{10.0.0.1,10.0.0.2/24,::1,NULL}' })).toEqual(['10.0.0.1'])
  expect(await keys({ page: '<a>é</a>' })).toEqual(['10.0.0.1'])
  expect(await keys({ couple: '(1,"a b")' })).toEqual(['10.0.0.1'])
  expect(await keys({ boxes: { eq: ['(2,2),(1,1)', '(4,4),(3,3)'] } })).toEqual(['10.0.0.1'])
  expect(await keys({ code: 'ab' })).toEqual(['10.0.0.1'])
})

test('a mask covers the printed value, and a key in an error message is masked like the printed one', async () => {
  const masked = defineResource('things', {
    table: 'things',
    schema: Type.Object({ key: Type.String(), address: Type.String() }),
    fields: { address: { mask: { keepLast: 2 } } },
  })
  const shape = { resource: 'things', format: 'csv', fields: ['address'], header: false } as const
  expect(String(await exportShaped(database.pool, shape, [masked]))).toBe('*********24\n******.1\n*:1\n')
  const strict = defineResource('things', {
    table: 'things',
    schema: Type.Object({ key: Type.String(), addresses: Type.Array(Type.String()) }),
  })
  await expect(exportShaped(database.pool, { resource: 'things', format: 'csv' }, [strict])).rejects.toThrow(
    'The value of "addresses" in row 10.0.0.1 cannot be printed',
  )
})
