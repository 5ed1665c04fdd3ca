// Values that no import would take back end an export, in every format and on both roads, and are named.
import { buffer } from 'node:stream/consumers'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createDatabase, type TestDatabase } from '../../../../test-support/database.ts'
import { createExporter, defineResource, type Resource, type StreamOptions, Type } from '../../src/index.ts'

const nullable = <Schema extends Parameters<typeof Type.Optional>[0]>(schema: Schema) =>
  Type.Optional(Type.Union([schema, Type.Null()]))
const timestamp = Type.String({ format: 'date-time' })
const date = Type.String({ format: 'date' })
const decimal = Type.String({ format: 'decimal' })

const schema = Type.Object({
  id: Type.Integer(),
  instant: nullable(timestamp),
  local: nullable(timestamp),
  day: nullable(date),
  float: nullable(Type.Number()),
  single: nullable(Type.Number()),
  exact: nullable(decimal),
  whole: nullable(Type.Integer()),
  wide: nullable(Type.Integer()),
  big: nullable(Type.String({ format: 'int64' })),
  instants: nullable(Type.Array(Type.Union([timestamp, Type.Null()]))),
  locals: nullable(Type.Array(timestamp)),
  days: nullable(Type.Array(date)),
  floats: nullable(Type.Array(Type.Number())),
  exacts: nullable(Type.Array(Type.Union([decimal, Type.Null()]))),
  wholes: nullable(Type.Array(Type.Integer())),
  wides: nullable(Type.Array(Type.Integer())),
  bigs: nullable(Type.Array(Type.String({ format: 'int64' }))),
  words: nullable(Type.Array(Type.String())),
  document: nullable(Type.Unknown()),
  documents: nullable(Type.Array(Type.Unknown())),
  text: nullable(Type.Unknown()),
  texts: nullable(Type.Array(Type.Unknown())),
})
const table = 'things'
const byCopy = defineResource('things', { table, schema })
const byRows = defineResource('things', { table, schema, printRow: row => ({ ...row }) })

let database: TestDatabase
beforeAll(async () => {
  database = await createDatabase()
  await database.pool.query(`create table things (id int primary key, instant timestamptz, local timestamp, day date,
    "float" float8, single real, exact numeric, whole numeric, wide bigint, big numeric, instants timestamptz[], locals timestamp[], days date[],
    floats float8[], exacts numeric[], wholes numeric[], wides bigint[], bigs numeric[], words text[], document jsonb, documents jsonb[], text json, texts json[])`)
})
afterAll(() => database.drop())

const usual = 'only finite values, and years from 0001 to 9999, can be read back'
const ofInteger =
  "only whole numbers up to 2^53 can be read back; give its field Type.String({ format: 'int64' }), or 'decimal' where it has fractions"
const ofInt64 =
  "only whole numbers of 64 bits can be read back; give its field Type.String({ format: 'decimal' })"
const listed =
  'a list can be read back if it has the dimensions that its schema says, finite values, whole numbers of the size that its schema takes, years from 0001 to 9999, and null only where the schema of its elements takes it; in JSON it must also be counted from 1 and hold no JSON value null'

const shapes: readonly Omit<StreamOptions, 'resource'>[] = [
  { format: 'csv' },
  { format: 'csv', excel: true },
  { format: 'ndjson' },
  { format: 'json' },
  { format: 'ndjson', compression: 'gzip' },
]

test.each(['a" of row 7', 'x of row 7"', '7"', ''])(
  'the field is named whatever the key contains, such as %j',
  async key => {
    const named = { '12 "a" of row ': { column: 'f' } }
    const resource = defineResource('texts', {
      table: 'texts',
      schema: Type.Object({ id: Type.String(), '12 "a" of row ': Type.Number() }),
      fields: named,
    })
    await database.pool.query(
      'drop table if exists texts; create table texts (id text primary key, f float8)',
    )
    await database.pool.query(`insert into texts values ($1, 'NaN')`, [key])
    const exporter = createExporter<Resource>({ pool: database.pool, resources: [resource] })
    await expect(buffer(exporter.stream({ resource: 'texts', format: 'csv' }))).rejects.toMatchObject({
      code: 'VALUE_NOT_PRINTABLE',
      message: `${key === '' ? 'A value of "12 "a" of row "' : `The value of "12 "a" of row " in row ${key}`} cannot be printed: only finite values, and years from 0001 to 9999, can be read back.`,
    })
  },
)

describe.each([
  ['COPY', byCopy],
  ['rows', byRows],
])('by %s', (_road, resource) => {
  const failureOf = (shape: Omit<StreamOptions, 'resource'>) =>
    buffer(
      createExporter<Resource>({ pool: database.pool, resources: [resource] }).stream({
        resource: 'things',
        ...shape,
      }),
    ).then(
      file => `printed ${file}`,
      (error: unknown) => error,
    )

  test.each([
    ['instant', 'infinity'],
    ['instant', '-infinity'],
    ['instant', '0044-03-15 12:00:00+00 BC'],
    ['instant', '10000-01-01 00:00:00+00'],
    ['local', 'infinity'],
    ['local', '0001-12-31 23:59:59.999999 BC'],
    ['day', '-infinity'],
    ['day', '0044-03-15 BC'],
    ['day', '10000-01-01'],
    ['float', 'NaN'],
    ['float', 'Infinity'],
    ['single', '-Infinity'],
    ['exact', 'NaN'],
    ['exact', '-Infinity'],
    ['whole', 'NaN', ofInteger],
    ['whole', '1.5', ofInteger],
    ['whole', '9007199254740992', ofInteger],
    ['wide', '9007199254740992', ofInteger],
    ['wide', '-9223372036854775808', ofInteger],
    ['big', 'Infinity', ofInt64],
    ['big', '0.01', ofInt64],
    ['big', '9223372036854775808', ofInt64],
    ['instants', '{2024-01-31Z,infinity}'],
    ['instants', '{NULL,"0044-03-15 12:00:00+00 BC"}'],
    ['locals', '{-infinity}'],
    ['days', '{2024-01-31,infinity}'],
    ['floats', '{1,NaN}'],
    ['exacts', '{1,Infinity}'],
    ['wholes', '{NaN}'],
    ['wholes', '{1.00,1.01}'],
    ['wides', '{1,9007199254740993}'],
    ['bigs', '{1,-9223372036854775809}'],
  ])('%s = %s', async (field, value, reason = field.endsWith('s') ? listed : usual) => {
    await database.pool.query('truncate things')
    await database.pool.query(`insert into things (id, "${field}") values (1, null), (42, $1)`, [value])
    for (const shape of shapes) {
      expect(await failureOf(shape)).toMatchObject({
        code: 'VALUE_NOT_PRINTABLE',
        message: `The value of "${field}" in row 42 cannot be printed: ${reason}.`,
      })
    }
    await expect.poll(() => database.pool.totalCount - database.pool.idleCount).toBe(0)
  })

  test.each([
    ['two dimensions', '{{1,2},{3,4}}'],
    ['null, which the schema does not take', '{1,NULL}'],
  ])('a list with %s', async (_, value) => {
    for (const field of ['wholes', 'words', 'documents']) {
      await database.pool.query('truncate things')
      await database.pool.query(`insert into things (id, "${field}") values (1, '{}'), (42, $1)`, [value])
      for (const shape of shapes) {
        expect(await failureOf(shape)).toMatchObject({
          code: 'VALUE_NOT_PRINTABLE',
          message: `The value of "${field}" in row 42 cannot be printed: ${listed}.`,
        })
      }
    }
  })

  test('a list whose lower bound is not 1, in JSON; CSV prints its bounds', async () => {
    await database.pool.query(`truncate things; insert into things (id, wholes, words, documents)
      values (42, '[0:1]={1,2}', '[-3:-2]={a,"b c"}', '[2:2]={null}')`)
    for (const shape of shapes) {
      const outcome = await failureOf({ ...shape, fields: ['wholes'] })
      if (shape.format !== 'csv') expect(outcome).toMatchObject({ code: 'VALUE_NOT_PRINTABLE' })
    }
    await database.pool.query(`update things set documents = '[2:2]={"null"}'`)
    const options = { format: 'csv', fields: ['wholes', 'words', 'documents'], header: false } as const
    expect(await failureOf(options)).toBe('printed "[0:1]={1,2}","[-3:-2]={a,""b c""}","[2:2]={""null""}"\n')
  })

  test('null as a value of json, and in lists of json', async () => {
    const inJson = shapes.filter(({ format }) => format !== 'csv')
    const json = 'in JSON the value null cannot be distinguished from no value; CSV can hold both'
    const list = listed
    for (const [field, value, reason, ending] of [
      ['document', 'null', json, inJson],
      ['documents', '{"{\\"a\\":null}","null"}', list, inJson],
      ['text', ' null', json, inJson],
      ['texts', '{1," null "}', list, inJson],
    ] as const) {
      await database.pool.query('truncate things')
      await database.pool.query(`insert into things (id, "${field}") values (1, null), (42, $1)`, [value])
      for (const shape of ending) {
        expect(await failureOf(shape)).toMatchObject({
          code: 'VALUE_NOT_PRINTABLE',
          message: `The value of "${field}" in row 42 cannot be printed: ${reason}.`,
        })
      }
    }
  })

  test('the first and the last printable value are printed', async () => {
    await database.pool.query(`truncate things; insert into things (id, instant, local, day, instants, days, exact, exacts, wholes)
      values (1, '0001-01-01Z', '0001-01-01', '0001-01-01', '{0001-01-01Z,NULL}', '{0001-01-01}', 0, '{NULL,1}', '{2}'),
      (2, '9999-12-31 23:59:59.999999Z', '9999-12-31 23:59:59.999999', '9999-12-31', '{}', '{9999-12-31}', 1, '{}', '{}')`)
    for (const shape of shapes) expect(await failureOf(shape)).toMatch(/^printed /)
  })
})
