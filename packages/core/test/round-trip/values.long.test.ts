// Every column type: what PostgreSQL holds is exported, imported into an empty table, and equal. Property test.
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createDatabase, type TestDatabase } from '../../../../test-support/database.ts'
import { createImporter, defineResource, type FileShape, type Resource, Type } from '../../src/index.ts'
import { exportShaped, rowsOf } from '../support.ts'

const nullable = <Schema extends Parameters<typeof Type.Optional>[0]>(schema: Schema) =>
  Type.Optional(Type.Union([schema, Type.Null()]))

/** A list whose elements may be null. */
const listOf = (schema: Parameters<typeof Type.Optional>[0]) =>
  nullable(Type.Array(Type.Union([schema, Type.Null()])))

const schema = Type.Object({
  id: Type.Integer(),
  text: nullable(Type.String()),
  short: nullable(Type.String()),
  kind: nullable(Type.String()),
  flag: nullable(Type.Boolean()),
  small: nullable(Type.Integer()),
  big: nullable(Type.String({ format: 'int64' })),
  exact: nullable(Type.String({ format: 'decimal' })),
  float: nullable(Type.Number()),
  uuid: nullable(Type.String({ format: 'uuid' })),
  day: nullable(Type.String({ format: 'date' })),
  instant: nullable(Type.String({ format: 'date-time' })),
  local: nullable(Type.String({ format: 'date-time' })),
  json: nullable(Type.Unknown()),
  jsonb: nullable(Type.Unknown()),
  texts: listOf(Type.String()),
  numbers: listOf(Type.Integer()),
  bigs: listOf(Type.String({ format: 'int64' })),
  kinds: listOf(Type.String()),
  flags: listOf(Type.Boolean()),
  exacts: listOf(Type.String({ format: 'decimal' })),
  floats: listOf(Type.Number()),
  uuids: listOf(Type.String({ format: 'uuid' })),
  days: listOf(Type.String({ format: 'date' })),
  instants: listOf(Type.String({ format: 'date-time' })),
  locals: listOf(Type.String({ format: 'date-time' })),
  jsons: listOf(Type.Unknown()),
  jsonbs: listOf(Type.Unknown()),
  price: nullable(Type.String({ format: 'decimal' })),
  single: nullable(Type.Number()),
  address: nullable(Type.String()),
})
const source = defineResource('source', { table: 'source', schema })
const copy = defineResource('copy', { table: 'copy', schema })

const columns = `id int primary key, "text" text, short varchar(20), kind mood, flag boolean, small smallint, big bigint,
  exact numeric, "float" double precision, uuid uuid, day date, instant timestamptz, local timestamp, "json" json,
  "jsonb" jsonb, texts text[], numbers int[], bigs bigint[], kinds mood[], flags boolean[],
  exacts numeric[], floats double precision[], uuids uuid[], days date[], instants timestamptz[], locals timestamp[], jsons json[], jsonbs jsonb[],
  price numeric(10,2), single real, address inet`

let database: TestDatabase
beforeAll(async () => {
  database = await createDatabase()
  await database.pool.query(`create type mood as enum ('happy', 'so so', 'a,"b"');
    create table source (${columns}); create table copy (${columns})`)
})
afterAll(() => database.drop())

/** Any text that PostgreSQL holds: no NUL, no lone surrogates. */
const storable = fc
  .string({ unit: 'binary', maxLength: 20 })
  .map(text => text.replaceAll('\0', '').toWellFormed())
const naughty = fc.constantFrom(
  '',
  ' ',
  '\\.',
  '\\N',
  'NULL',
  'null',
  '""',
  '"',
  ',',
  '\n',
  '\r\n',
  '\r',
  '\t',
  '\\',
  "'",
  '\u2028',
  '\ufeff',
  '=1+1',
  '{}',
  '[]',
  '😀',
  'é',
  'é',
)
const textual = fc.oneof(storable, naughty)
/** What a reader that goes by JSON.parse and JSON.stringify changes or loses. */
const subtle = fc.constantFrom(
  '12345678901234567890',
  '[1.0,-0,0.1000000000000000000000000001,1e300]',
  '{"a":9007199254740993}',
  '{"2":1,"10":2,"b":"\\u00e9"}',
  ' [ 1 ,\t{ "a" : "," } ] ',
)
/** What only the type json keeps, which holds text. */
const literal = fc.constantFrom('{"a":1,"b":2,"a":3}', '"\\u0000"', '{"\\ud800":"\\udc00"}', '1e400', '"\\/"')
const value = fc
  .jsonValue({ maxDepth: 3 })
  .filter(value => value !== null)
  .map(value => JSON.stringify(value))
const json = fc.oneof({ weight: 4, arbitrary: value }, { weight: 1, arbitrary: subtle })
/** NUL and halves of pairs are legal JSON and no jsonb. */
const jsonb = json.filter(text => !/\\ud[89a-f]|\\u0000/i.test(text))
const instant = fc
  .date({
    min: new Date('0001-01-01T00:00:00Z'),
    max: new Date('9999-12-31T23:59:59.999Z'),
    noInvalidDate: true,
  })
  .chain(date =>
    fc
      .integer({ min: 0, max: 999 })
      .map(micros => date.toISOString().replace('Z', `${String(micros).padStart(3, '0')}Z`)),
  )
const orNull = <Value>(value: fc.Arbitrary<Value>) => fc.option(value, { freq: 5 })
const kind = fc.constantFrom('happy', 'so so', 'a,"b"')
const float = fc.double({ noNaN: true, noDefaultInfinity: true })
const list = <Value>(value: fc.Arbitrary<Value>) => orNull(fc.array(orNull(value), { maxLength: 4 }))
const int64 = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map(String)

const exact = fc.oneof(int64, fc.stringMatching(/^-?\d{1,30}\.\d{1,30}$/))

const row = fc.tuple(
  orNull(textual),
  orNull(textual.map(text => [...text].slice(0, 20).join(''))),
  orNull(kind),
  orNull(fc.boolean()),
  orNull(fc.integer({ min: -32_768, max: 32_767 })),
  orNull(int64),
  orNull(exact),
  orNull(float),
  orNull(fc.uuid()),
  orNull(instant.map(text => text.slice(0, 10))),
  orNull(instant),
  orNull(instant.map(text => text.replace('Z', ''))),
  orNull(
    fc.oneof(
      json,
      literal,
      value.map(text => JSON.stringify(JSON.parse(text), null, '\r\n\t ')),
    ),
  ),
  orNull(jsonb),
  list(textual),
  list(fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 })),
  list(int64),
  list(kind),
  list(fc.boolean()),
  list(exact),
  list(float),
  list(fc.uuid()),
  list(instant.map(text => text.slice(0, 10))),
  list(instant),
  list(instant.map(text => text.replace('Z', ''))),
  list(fc.oneof(value, literal, fc.constant('[1,\n2]'))),
  list(value.filter(text => !/\\ud[89a-f]|\\u0000/i.test(text))),
  orNull(fc.stringMatching(/^-?\d{1,8}\.\d{1,2}$/)),
  orNull(fc.float({ noNaN: true, noDefaultInfinity: true })),
  orNull(fc.ipV4()),
)

describe('any value of any type', () => {
  const shapes: readonly FileShape[] = [
    { format: 'csv' },
    { format: 'csv', excel: true, delimiter: ';' },
    { format: 'ndjson' },
    { format: 'ndjson', compression: 'gzip' },
    { format: 'json' },
  ]

  test.each(shapes)('comes back unchanged through %j', async shape => {
    const importer = createImporter<Resource>({ pool: database.pool, resources: [copy] })
    await fc.assert(
      fc.asyncProperty(fc.array(row, { minLength: 1, maxLength: 8 }), async rows => {
        await database.pool.query('truncate source, copy')
        for (const [index, values] of rows.entries()) {
          const places = values.map((_, place) => `$${place + 2}`).join(', ')
          await database.pool.query(`insert into source values ($1, ${places})`, [index, ...values])
        }
        const file = await exportShaped(database.pool, { resource: 'source', ...shape }, [source])
        const report = await importer.run({ resource: 'copy', ...shape, source: file })
        // Line breaks between the tokens of a `json` column become spaces, and white space around it goes, but in CSV.
        if (shape.format !== 'csv') {
          await database.pool.query(`update source set
            "json" = btrim(translate("json"::text, E'\\n\\r', '  '), E' \\t')::json,
            jsons = translate(jsons::text, E'\\n\\r', '  ')::json[]`)
        }
        expect(report).toMatchObject({ successful: rows.length, errors: [] })
        expect(await rowsOf(database.pool, 'copy')).toEqual(await rowsOf(database.pool, 'source'))
      }),
      { numRuns: Number(process.env.LADING_ROUND_TRIPS ?? 60) },
    )
  })

  test('the JSON value null and a missing value are distinct in CSV', async () => {
    const one = (table: string) =>
      defineResource(table, {
        table,
        schema: Type.Object({ id: Type.Integer(), value: nullable(Type.Unknown()) }),
      })
    await database.pool.query(`create table nulls (id int primary key, value jsonb);
      create table nulls_again (id int primary key, value jsonb);
      insert into nulls values (1, null), (2, 'null'), (3, '"null"')`)
    const file = await exportShaped(database.pool, { resource: 'nulls', format: 'csv' }, [one('nulls')])
    const importer = createImporter<Resource>({ pool: database.pool, resources: [one('nulls_again')] })
    await importer.run({ resource: 'nulls_again', format: 'csv', source: file })
    expect(await rowsOf(database.pool, 'nulls_again')).toEqual(['(1,)', '(2,null)', '(3,"""null""")'])
  })

  test.each([false, true])(
    'a file with a single column distinguishes null, empty text and blank lines (Excel: %s)',
    async excel => {
      const single = (name: string): Resource =>
        defineResource(name, { table: name, schema: Type.Object({ value: nullable(Type.String()) }) })
      await database.pool.query(`drop table if exists one, two; create table one (value text); create table two (value text);
      insert into one values (null), (''), (' '), ('x'), (null), (E'\\n'), ('\\.'), ('='), ('''')`)
      const file = await exportShaped(database.pool, { resource: 'one', format: 'csv', excel }, [
        single('one'),
      ])
      const importer = createImporter<Resource>({ pool: database.pool, resources: [single('two')] })
      const report = await importer.run({ resource: 'two', format: 'csv', excel, source: file })
      expect(report).toMatchObject({ successful: 9, failed: 0 })
      expect(await rowsOf(database.pool, 'two', 'value')).toEqual(await rowsOf(database.pool, 'one', 'value'))
    },
  )
})
