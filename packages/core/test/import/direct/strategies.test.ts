// Every type is stored alike whether its batch is copied, merged, updated or tried row by row.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createDatabase, type TestDatabase } from '../../../../../test-support/database.ts'
import { createImporter, defineResource, type ImportOptions, Type } from '../../../src/index.ts'
import { type StatementLog, statementLog } from '../../fixtures/statement-log.ts'
import { bytes } from '../../support.ts'

/** A column, its field, values as a CSV file writes them, and what PostgreSQL then holds. */
interface Kind {
  readonly column: string
  readonly field: Parameters<typeof Type.Optional>[0]
  readonly values: readonly string[]
  readonly stored: readonly string[]
}
const same = (column: string, field: Kind['field'], ...values: string[]): Kind => ({
  column,
  field,
  values,
  stored: values,
})
/** Its elements may be null. */
const listOf = (element: Kind['field']) => Type.Array(Type.Union([element, Type.Null()]))
const kinds: Readonly<Record<string, Kind>> = {
  text: same('text', Type.String(), '\\.', '\\N', 'a\tb', '=1+1', 'ÄÖ😀', 'NULL', ' x '),
  varchar: same('varchar(4)', Type.String(), 'abcd', 'ä', '😀😀😀😀'),
  char: { column: 'char(3)', field: Type.String(), values: ['a', 'abc'], stored: ['a', 'abc'] },
  name: same('name', Type.String(), 'short'),
  enum: same('mood', Type.String(), 'happy', 'so so'),
  boolean: {
    column: 'boolean',
    field: Type.Boolean(),
    values: ['true', 'false', 't', 'f'],
    stored: ['true', 'false', 'true', 'false'],
  },
  small: same('smallint', Type.Integer(), '-32768', '32767'),
  integer: same('int', Type.Integer(), '-2147483648', '2147483647'),
  big: same('bigint', Type.String({ format: 'int64' }), '-9223372036854775808', '9223372036854775807'),
  numeric: same('numeric', Type.String({ format: 'decimal' }), '0.10', '-12345678901234567890.5'),
  price: {
    column: 'numeric(8,2)',
    field: Type.String({ format: 'decimal' }),
    values: ['12.5', '-0.01'],
    stored: ['12.50', '-0.01'],
  },
  whole: same('numeric', Type.Integer(), '42', '-7'),
  double: {
    column: 'double precision',
    field: Type.Number(),
    values: ['0.1', '1e300', '-0', '5e-324', '123456789012345680'],
    stored: ['0.1', '1e+300', '-0', '5e-324', '1.2345678901234568e+17'],
  },
  // Through a double, 7.038531e-26 becomes another number: two roundings.
  real: {
    column: 'real',
    field: Type.Number(),
    values: ['7.038531e-26', '0.1', '16777217'],
    stored: ['7.038531e-26', '0.1', '1.6777216e+07'],
  },
  uuid: {
    column: 'uuid',
    field: Type.String({ format: 'uuid' }),
    values: ['6F304CD1-8A43-4417-AEC7-55F419572494'],
    stored: ['6f304cd1-8a43-4417-aec7-55f419572494'],
  },
  'uuid as text': {
    column: 'text',
    field: Type.String({ format: 'uuid' }),
    values: ['6F304CD1-8A43-4417-AEC7-55F419572494'],
    stored: ['6f304cd1-8a43-4417-aec7-55f419572494'],
  },
  date: same('date', Type.String({ format: 'date' }), '0001-01-01', '2024-02-29', '9999-12-31'),
  instant: {
    column: 'timestamptz',
    field: Type.String({ format: 'date-time' }),
    values: ['2024-01-31T12:00:00+05:00', '2024-01-31t12:00:00.123456z', '2024-01-31 12:00:00-03'],
    stored: ['2024-01-31 07:00:00+00', '2024-01-31 12:00:00.123456+00', '2024-01-31 15:00:00+00'],
  },
  'instant in milliseconds': {
    column: 'timestamptz(3)',
    field: Type.String({ format: 'date-time' }),
    values: ['2024-01-31T12:00:00.123Z'],
    stored: ['2024-01-31 12:00:00.123+00'],
  },
  local: {
    column: 'timestamp',
    field: Type.String({ format: 'date-time' }),
    values: ['2024-01-31T12:00:00+05:00', '2024-01-31T12:00:00'],
    stored: ['2024-01-31 07:00:00', '2024-01-31 12:00:00'],
  },
  interval: {
    column: 'interval',
    field: Type.String(),
    values: ['1 day 2:03', 'P1Y2M'],
    stored: ['1 day 02:03:00', '1 year 2 mons'],
  },
  'interval of years': {
    column: 'interval year',
    field: Type.String(),
    values: ['14 months'],
    stored: ['1 year'],
  },
  json: same('json', Type.Unknown(), '{"b": 1,  "a": [1, null]}', '1.50'),
  jsonb: {
    column: 'jsonb',
    field: Type.Unknown(),
    values: ['{"b":1,"a":[1,null]}', '1.50'],
    stored: ['{"a": [1, null], "b": 1}', '1.50'],
  },
  bytea: same('bytea', Type.String(), '\\x00ff5c'),
  inet: same('inet', Type.String(), '10.0.0.1/8', '::1/128'),
  bits: same('bit(3)', Type.String(), '101'),
  range: { column: 'int4range', field: Type.String(), values: ['[1,3]'], stored: ['[1,4)'] },
  point: { column: 'point', field: Type.String(), values: ['(1, 2)'], stored: ['(1,2)'] },
  xml: same('xml', Type.String(), '<a>1</a>'),
  letter: same('"char"', Type.String(), 'x'),
  domain: same('evens', Type.Integer(), '2', '-4'),
  texts: same('text[]', listOf(Type.String()), '{a,"b,c",NULL,"\\\\"}'),
  numbers: same('int[]', listOf(Type.Integer()), '{1,NULL,-3}', '{}'),
  instants: {
    column: 'timestamptz[]',
    field: Type.Array(Type.String({ format: 'date-time' })),
    values: ['{"2024-01-31T12:00:00+05:00"}'],
    stored: ['{"2024-01-31 07:00:00+00"}'],
  },
  reals: same('real[]', Type.Array(Type.Number()), '{7.038531e-26,0.1}'),
}

const cell = (text: string) => `"${text.replaceAll('"', '""')}"`
const things = (field: Kind['field']) =>
  defineResource('things', {
    table: 'things',
    schema: Type.Object({
      id: Type.Integer(),
      value: Type.Optional(Type.Union([field, Type.Null()])),
      note: Type.Optional(Type.String()),
    }),
    key: ['id'],
  })

interface Strategy {
  /** Records at the end of the same batch, which bring it there. */
  readonly more: string
  readonly options?: ImportOptions
  /** Rows with other values, which the file updates. */
  readonly hasRows?: true
  readonly isCopied?: true
}
const strategies: Readonly<Record<string, Strategy>> = {
  copied: { more: '', isCopied: true },
  'merged at once': { more: '900,,\n' },
  'merged but for a duplicate': { more: '900,,x\n900,,x\n' },
  'tried row by row': { more: '900,,evil\n' },
  updated: { more: '', options: { onConflict: 'update' }, hasRows: true },
  'updated row by row': { more: '900,,evil\n', options: { onConflict: 'update' }, hasRows: true },
  'imported atomically': { more: '', options: { atomic: true } },
}

let database: TestDatabase
let log: StatementLog
beforeAll(async () => {
  database = await createDatabase()
  log = statementLog(database.url)
  await database.pool.query(`alter database ${database.name} set timezone = 'UTC'`)
  await database.pool.query(`create type mood as enum ('happy', 'so so');
    create domain evens as int check (value % 2 = 0)`)
})
afterAll(async () => {
  await log.pool.end()
  await database.drop()
})

/** What is stored differently if it is not cast from its staging type. */
const neverCopied = ['uuid as text', 'interval of years', 'xml', 'letter', 'name']

describe.each(Object.entries(kinds))('%s', (kind, { column, field, values, stored }) => {
  test.each(Object.entries(strategies))('%s', async (_, { more, options, hasRows, isCopied }) => {
    const ids = values.map((_value, index) => index + 1)
    await database.pool.query(`drop table if exists things;
      create table things (id int primary key, value ${column}, note text not null default 'none' check (note <> 'evil'));
      ${hasRows ? `insert into things (id) values (${ids.join('), (')})` : ''}`)
    log.statements.length = 0
    const lines = values.map((value, index) => `${ids[index]},${cell(value)},x\n`)
    const report = await createImporter({ pool: log.pool, resources: [things(field)] }).run({
      resource: 'things',
      format: 'csv',
      source: bytes(`id,value,note\n${lines.join('')}${more}`),
      ...options,
    })
    expect(report.errors.filter(({ rowNumber }) => rowNumber <= values.length + 1)).toEqual([])
    const { rows } = await database.pool.query('select value::text from things where id < 900 order by id')
    expect(rows.map(({ value }) => value)).toEqual(stored)
    const mayBeCopied = isCopied === true && !neverCopied.includes(kind)
    if (isCopied) expect(log.merged()).toBe(mayBeCopied ? 0 : 1)
    else expect(log.merged()).toBeGreaterThan(0)
  })
})
