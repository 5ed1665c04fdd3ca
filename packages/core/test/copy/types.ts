// The column types that Lading supports: how each is declared, the field that carries it, and random values of it.

import type { TSchema } from '@sinclair/typebox'
import fc from 'fast-check'
import { Type } from '../../src/index.ts'
import * as structured from './structured.ts'
import type { Texts } from './values.ts'
import * as values from './values.ts'

export interface ColumnType {
  /** As in `create table`. */
  readonly type: string
  readonly field: TSchema
  /** What PostgreSQL reads; null for no value. */
  readonly values: fc.Arbitrary<string | null>
  readonly extension?: string
}

interface Scalar extends Omit<ColumnType, 'values'> {
  readonly values: Texts
  /** Between the elements of an array. @defaultValue a comma */
  readonly delimiter?: string
  /** The field of an element. A list of a domain is carried as text. @defaultValue `field` */
  readonly inLists?: TSchema
}

const string = Type.String()
const int64 = Type.String({ format: 'int64' })
const decimal = Type.String({ format: 'decimal' })
const instant = Type.String({ format: 'date-time' })
const plain = (names: Readonly<Record<string, Texts>>): readonly Scalar[] =>
  Object.entries(names).map(([type, made]) => ({ type, field: string, values: made }))

/** Types that the tests create: a domain of each kind, an enum, a composite type, a range. */
export const ownTypes = `create type mood as enum ('happy', 'so so', 'a,"b"', '{\\}', 'NULL', ' ');
  create domain positive as int check (value > 0); create domain label as varchar(8);
  create domain moods as mood[]; create type pair as (a int, b text);
  create type textrange as range (subtype = text, collation = "C", multirange_type_name = textranges)`

/** Columns with their own field type, carried as text: values that the type cannot represent come back too. */
const verbatim: Readonly<Record<string, Texts>> = {
  smallint: values.int2,
  int: values.int4,
  bigint: values.int8,
  numeric: values.oddNumeric,
  'numeric(10,2)': values.price,
  real: values.oddFloat4,
  'double precision': values.oddFloat,
  boolean: values.boolean,
  uuid: values.uuid,
  date: values.oddDate,
  timestamp: values.oddTimestamp,
  'timestamp(0)': values.wholeSeconds,
  timestamptz: values.oddTimestamptz,
  json: structured.json,
  jsonb: structured.jsonb,
}

const mood = fc.constantFrom('happy', 'so so', 'a,"b"', '{\\}', 'NULL', ' ')

const scalars: readonly Scalar[] = [
  ...plain({
    text: values.text,
    'varchar(20)': values.shortText,
    'char(8)': values.shortText,
    bpchar: values.shortText,
    name: values.name,
    '"char"': values.char,
  }),
  { type: 'citext', field: string, values: values.text, extension: 'citext' },
  { type: 'smallint', field: Type.Integer(), values: values.int2 },
  { type: 'int', field: Type.Integer(), values: values.int4 },
  { type: 'bigint', field: int64, values: values.int8 },
  { type: 'bigint', field: Type.Integer(), values: values.safe },
  { type: 'numeric', field: decimal, values: values.numeric },
  { type: 'numeric(10,2)', field: decimal, values: values.price },
  { type: 'numeric(5,-2)', field: decimal, values: values.hundreds },
  { type: 'numeric(3,5)', field: decimal, values: values.thousandths },
  { type: 'numeric(10,2)', field: Type.Integer(), values: values.wholePrice },
  { type: 'numeric(20,0)', field: int64, values: values.int8 },
  { type: 'real', field: Type.Number(), values: values.float4 },
  { type: 'double precision', field: Type.Number(), values: values.float8 },
  { type: 'boolean', field: Type.Boolean(), values: values.boolean },
  { type: 'uuid', field: Type.String({ format: 'uuid' }), values: values.uuid },
  { type: 'date', field: Type.String({ format: 'date' }), values: values.date },
  { type: 'timestamp', field: instant, values: values.timestamp },
  { type: 'timestamp(0)', field: instant, values: values.wholeSeconds },
  { type: 'timestamptz', field: instant, values: values.timestamptz },
  { type: 'json', field: Type.Unknown(), values: structured.json },
  { type: 'jsonb', field: Type.Unknown(), values: structured.jsonb },
  { type: 'mood', field: string, values: mood },
  {
    type: 'positive',
    field: Type.Integer(),
    values: fc.integer({ min: 1, max: 2 ** 31 - 1 }).map(String),
    inLists: string,
  },
  { type: 'label', field: string, values: values.shortText },
  { type: 'box', field: string, values: structured.box, delimiter: ';' },
  ...plain({
    time: values.time,
    'time(3)': values.timeMillis,
    timetz: values.timetz,
    interval: values.oddInterval,
    bytea: structured.bytea,
    inet: structured.inet,
    cidr: structured.cidr,
    macaddr: structured.macaddr,
    macaddr8: structured.macaddr8,
    'bit(8)': structured.eightBits,
    'bit varying(16)': structured.bits,
    money: values.cents,
    jsonpath: structured.jsonpath,
    xml: structured.xml,
    tsvector: structured.tsvector,
    tsquery: structured.tsquery,
    point: structured.point,
    line: structured.line,
    lseg: structured.lseg,
    path: structured.path,
    polygon: structured.polygon,
    circle: structured.circle,
    int4range: structured.int4range,
    int8range: structured.int8range,
    numrange: structured.numrange,
    daterange: structured.daterange,
    tsrange: structured.tsrange,
    tstzrange: structured.tstzrange,
    textrange: structured.textrange,
    int4multirange: structured.several(structured.int4range),
    int8multirange: structured.several(structured.int8range),
    nummultirange: structured.several(structured.numrange),
    datemultirange: structured.several(structured.daterange),
    tsmultirange: structured.several(structured.tsrange),
    tstzmultirange: structured.several(structured.tstzrange),
    textranges: structured.several(structured.textrange),
    pair: structured.pair,
    oid: values.uint4,
    xid8: values.uint8,
    pg_lsn: structured.lsn,
    pg_snapshot: fc.constantFrom('10:20:10,14,15', '1:1:'),
    regtype: fc.constantFrom('integer', 'text[]', 'timestamp with time zone', 'mood', '-'),
    int2vector: fc.constantFrom('', '1', '1 -2 3'),
    'interval(2)': values.coarseInterval,
    'timetz(0)': values.coarseTimetz,
    'bit(1)': fc.constantFrom('0', '1'),
  }),
  ...Object.entries(verbatim).map(([type, made]) => ({
    type,
    field: Type.String({ format: 'postgres' }),
    values: made,
  })),
  { type: 'hstore', field: string, values: structured.hstore, extension: 'hstore' },
  { type: 'ltree', field: string, values: structured.ltree, extension: 'ltree' },
]

const element = (made: string | null) => (made === null ? 'NULL' : `"${made.replace(/["\\]/g, '\\$&')}"`)

function listOf({
  type,
  field,
  inLists = field,
  values: made,
  delimiter = ',',
  extension,
}: Scalar): ColumnType {
  const items = fc.array(fc.option(made, { freq: 4 }), { maxLength: 4 })
  const lists = fc.tuple(items, fc.nat(9)).map(([list, lower]) => {
    const bounds = lower === 0 && list.length > 0 ? `[0:${list.length - 1}]=` : ''
    return `${bounds}{${list.map(element).join(delimiter)}}`
  })
  return {
    type: `${type}[]`,
    field: Type.Array(Type.Union([inLists, Type.Null()])),
    values: fc.option(lists, { freq: 8 }),
    ...(extension !== undefined && { extension }),
  }
}

/** Lists of lists, all of equal length. */
function tableOf({
  type,
  field,
  inLists = field,
  values: made,
  delimiter = ',',
  extension,
}: Scalar): ColumnType {
  const tables = fc
    .tuple(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 3 }))
    .chain(([rows, columns]) => {
      const row = fc
        .array(fc.option(made, { freq: 4 }), { minLength: columns, maxLength: columns })
        .map(items => `{${items.map(element).join(delimiter)}}`)
      return fc.array(row, { minLength: rows, maxLength: rows }).map(made => `{${made.join(delimiter)}}`)
    })
  return {
    type: `${type}[][]`,
    field: Type.Array(Type.Array(Type.Union([inLists, Type.Null()]))),
    values: fc.option(
      fc.oneof({ weight: 9, arbitrary: tables }, { weight: 1, arbitrary: fc.constant('{}') }),
    ),
    ...(extension !== undefined && { extension }),
  }
}

export const columnTypes: readonly ColumnType[] = [
  ...scalars.map(({ delimiter: _, ...scalar }) => ({
    ...scalar,
    values: fc.option(scalar.values, { freq: 8 }),
  })),
  {
    type: 'moods',
    field: Type.Array(Type.Union([string, Type.Null()])),
    values: listOf({ type: 'mood', field: string, values: mood }).values,
  },
  ...scalars.map(listOf),
  ...scalars.map(tableOf),
]

/** What a field is, for people. */
export function fieldWords(field: TSchema): string {
  if (field.type === 'array') return `list of ${fieldWords(field.items.anyOf?.[0] ?? field.items)}`
  return field.format ?? field.type ?? 'any'
}
