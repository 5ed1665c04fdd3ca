// What a field type has no value for: explained by an import, named by an export, and carried by the format `postgres`.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createDatabase, type TestDatabase } from '../../../../test-support/database.ts'
import { createImporter, defineResource, Type } from '../../src/index.ts'
import { bytes, exportShaped, importFile, rowsOf } from '../support.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await createDatabase()
  await database.pool.query(`create domain positive as int check (value > 0);
    create table source (id int primary key, ratio double precision, total numeric(10,2), day date, at timestamptz, spans numeric[]);
    create table target (like source including all);
    insert into source values (1, 'NaN', 'NaN', 'infinity', '-infinity', '{NaN,1.5}'),
      (2, '-Infinity', 12.50, '0044-03-15 BC', '12026-01-31 00:00:00.000001+00', '{}'),
      (3, '-0', null, '2026-11-29', '0044-03-15 12:00:00+00 BC', null)`)
})
afterAll(() => database.drop())

const optional = (schema: Parameters<typeof Type.Optional>[0]) =>
  Type.Optional(Type.Union([schema, Type.Null()]))
const things = (
  table: string,
  field: (usual: Parameters<typeof Type.Optional>[0]) => Parameters<typeof Type.Optional>[0],
) =>
  defineResource(table, {
    table,
    schema: Type.Object({
      id: Type.Integer(),
      ratio: optional(field(Type.Number())),
      total: optional(field(Type.String({ format: 'decimal' }))),
      day: optional(field(Type.String({ format: 'date' }))),
      at: optional(field(Type.String({ format: 'date-time' }))),
      spans: optional(Type.Array(field(Type.String({ format: 'decimal' })))),
    }),
  })
const verbatim = Type.String({ format: 'postgres' })
/** As `\copy source to … csv header` writes it. */
const file = `id,ratio,total,day,at,spans
1,NaN,NaN,infinity,-infinity,"{NaN,1.5}"
2,-Infinity,12.50,0044-03-15 BC,12026-01-31 00:00:00.000001+00,{}
3,-0,,2026-11-29,0044-03-15 12:00:00+00 BC,
`

test('by its usual type, a field explains each value that it cannot represent', async () => {
  await database.pool.query('truncate target')
  const own = [things('target', usual => usual)]
  const { report, errors } = await importFile(database.pool, 'target', 'csv', bytes(file), { resources: own })
  const reported = 'must be an RFC 3339 timestamp with its zone, such as 2024-01-31T12:00:00Z'
  const decimal = 'must be a decimal number without exponent'
  expect(report).toMatchObject({ successful: 0, failed: 3 })
  expect(errors.map(({ rowNumber, message, value }) => [rowNumber, message, value])).toEqual([
    [2, '"ratio" must be a number.', 'NaN'],
    [2, `"total" ${decimal}.`, 'NaN'],
    [2, '"day" must be a date, such as 2024-01-31.', 'infinity'],
    [2, `"at" ${reported}.`, '-infinity'],
    [2, `Element 1 of "spans" ${decimal}.`, '{NaN,1.5}'],
    [3, '"ratio" must be a number.', '-Infinity'],
    [3, '"day" must be a date, such as 2024-01-31.', '0044-03-15 BC'],
    [3, `"at" ${reported}.`, '12026-01-31 00:00:00.000001+00'],
    [4, `"at" ${reported}.`, '0044-03-15 12:00:00+00 BC'],
  ])
})

describe('by the format postgres', () => {
  const [source, target] = ['source', 'target'].map(table => things(table, () => verbatim))
  const both = source === undefined || target === undefined ? [] : [source, target]

  test.each(['csv', 'ndjson', 'json'])('every value comes back through %s', async format => {
    await database.pool.query('truncate target')
    const exported = await exportShaped(database.pool, { resource: 'source', format }, both)
    if (format === 'csv') expect(String(exported)).toBe(file)
    const report = await createImporter({ pool: database.pool, resources: both }).run({
      resource: 'target',
      format,
      source: exported,
    })
    expect(report.errors).toEqual([])
    expect(await rowsOf(database.pool, 'target')).toEqual(await rowsOf(database.pool, 'source'))
  })

  test('a value that is not of the type, or that the column would round, is an error of its field', async () => {
    await database.pool.query('truncate target')
    const cells =
      'id,ratio,total,day,at\n1,high,,,\n2,,1.005,,\n3,,1e-3,,\n4,,,2026-02-30,\n5,,,,soon\n6,1e400,,,\n'
    const { errors } = await importFile(database.pool, 'target', 'csv', bytes(cells), { resources: both })
    const digits = 'must have at most 8 digits before the decimal point and 2 after it'
    expect(errors.map(({ rowNumber, code, message, value }) => [rowNumber, code, message, value])).toEqual([
      [2, 'INVALID_RATIO', '"ratio" must be a value of the type float8, as PostgreSQL writes it.', 'high'],
      [3, 'INVALID_TOTAL', `"total" ${digits}.`, '1.005'],
      [4, 'INVALID_TOTAL', `"total" ${digits}.`, '1e-3'],
      [
        5,
        'INVALID_DAY',
        '"day" is out of range; it must be a value of the type date, as PostgreSQL writes it.',
        '2026-02-30',
      ],
      [6, 'INVALID_AT', '"at" must be a value of the type timestamptz, as PostgreSQL writes it.', 'soon'],
      [
        7,
        'INVALID_RATIO',
        '"ratio" is out of range; it must be a value of the type float8, as PostgreSQL writes it.',
        '1e400',
      ],
    ])
    expect(await rowsOf(database.pool, 'target')).toEqual([])
  })

  test('a sequence is moved past what such a field writes', async () => {
    await database.pool.query(
      'drop table if exists numbered; create table numbered (id bigint generated by default as identity primary key)',
    )
    const numbered = defineResource('numbered', { table: 'numbered', schema: Type.Object({ id: verbatim }) })
    const { errors } = await importFile(database.pool, 'numbered', 'csv', bytes('id\n9\n10\n'), {
      resources: [numbered],
    })
    await database.pool.query('insert into numbered default values')
    expect(errors).toEqual([])
    expect(await rowsOf(database.pool, 'numbered')).toEqual(['(9)', '(10)', '(11)'])
  })

  test('such a field cannot be the scope of an import, since equal values may be written in many ways', async () => {
    const scoped = defineResource('target', {
      table: 'target',
      schema: Type.Object({ id: Type.Integer(), ratio: verbatim }),
      scope: () => ({ ratio: '1.0' }),
    })
    const importer = createImporter({ pool: database.pool, resources: [scoped] })
    await expect(
      importer.run({ resource: 'target', format: 'csv', source: bytes('id\n1\n') }),
    ).rejects.toMatchObject({ code: 'SCOPE_NOT_IMPORTABLE' })
  })

  test('a filter matches such values', async () => {
    const ids = async (filters: Record<string, unknown>) =>
      String(
        await exportShaped(
          database.pool,
          { resource: 'source', format: 'csv', fields: ['id'], header: false, filters },
          both,
        ),
      )
    expect(await ids({ ratio: 'nan' })).toBe('1\n')
    expect(await ids({ total: '12.50' })).toBe('2\n')
    expect(await ids({ day: ['infinity', '2026-11-29'] })).toBe('1\n3\n')
    expect(await ids({ at: '0044-03-15 14:00:00+02 BC' })).toBe('3\n')
  })
})

test.each([
  ['double precision', Type.String(), 'is text, and its column is double precision; use Type.Number()'],
  [
    'numeric(10,2)',
    Type.Number(),
    "is float, and its column is numeric; use Type.String({ format: 'decimal' })",
  ],
  ['interval', Type.Integer(), 'is integer, and its column is interval; use Type.String()'],
  ['bytea', Type.Unknown(), 'is json, and its column is bytea; use Type.String()'],
  ['money', Type.String({ format: 'decimal' }), 'is numeric, and its column is money; use Type.String()'],
  [
    'time',
    Type.String({ format: 'date-time' }),
    'is timestamp, and its column is time without time zone; use Type.String()',
  ],
  [
    'positive[]',
    Type.Array(Type.Integer()),
    'is integer list, and its column is positive[]; use Type.Array(Type.String())',
  ],
  [
    'timestamptz[]',
    Type.Array(Type.String()),
    "is text list, and its column is timestamp with time zone[]; use Type.Array(Type.String({ format: 'date-time' }))",
  ],
  [
    'int2vector',
    Type.Array(Type.Integer()),
    'is integer list, and its column is int2vector; use Type.String()',
  ],
  ['text[]', verbatim, 'is text, and its column is text[]; use Type.Array(Type.String())'],
])('a field that cannot represent its column is rejected by name: %s', async (type, schema, problem) => {
  await database.pool.query(`drop table if exists odd; create table odd (id int primary key, value ${type})`)
  const odd = defineResource('odd', {
    table: 'odd',
    schema: Type.Object({ id: Type.Integer(), value: Type.Optional(schema) }),
  })
  await expect(createImporter({ pool: database.pool, resources: [odd] }).check()).rejects.toMatchObject({
    code: 'RESOURCE_MISMATCH',
    message: expect.stringContaining(`field "value" ${problem}`),
  })
})
