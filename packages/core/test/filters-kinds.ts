// A column of every type, with the values of its rows and how these compare, in plain code that knows no SQL.
import { Type } from '../src/index.ts'
import { bytesOf, canonical, microseconds, scaled } from './filters-keys.ts'

/** A value as text; null for none. Row n of the table has the n-th one of each column. */
export type Cell = string | null

export interface KindColumn {
  readonly name: string
  readonly type: string
  readonly schema: Parameters<typeof Type.Optional>[0]
  readonly cells: readonly Cell[]
  /** Further values that a filter may ask for, which no row has. */
  readonly others: readonly string[]
  /** Equal for equal values, and in their order where they have one. */
  key(text: string): string | number | bigint
  readonly isOrdered: boolean
  /** False where a filter has another form of the value than JSON gives it, so that only text is tried. */
  readonly json?: (text: string) => unknown
  /** How text becomes a value of the column. @defaultValue a cast */
  readonly write?: (literal: string) => string
}

const instants = [
  '2024-01-01T00:00:00.000001Z',
  '2024-01-01T00:00:00Z',
  '2024-01-01T02:00:00+02:00',
  '0001-01-01T00:00:00Z',
  null,
  '9999-12-31T23:59:59.999999Z',
  '2024-01-01T00:00:00.000002Z',
  '1969-12-31T23:59:59.999999Z',
]
const documents = ['{"a":1,"b":[2]}', '{"b":[2],"a":1}', '1', '"x"', null, '[]', 'null', '{"in":["x"]}']
export const moods = ['low', 'mid', 'high']
const text = Type.String()
const instant = Type.String({ format: 'date-time' })

export const kinds: readonly KindColumn[] = [
  {
    name: 'txt',
    type: 'text collate "C"',
    schema: text,
    cells: ['', "O'Hara", 'a\\b', '"q"', null, 'é', 'Z', 'a'],
    others: ["x' or '1'='1", '😀', 'a\n', '%', 'null'],
    key: bytesOf,
    isOrdered: true,
  },
  {
    name: 'vc',
    type: 'varchar(5) collate "C"',
    schema: text,
    cells: ['abcde', 'a', 'B', null, 'b', 'b', '', ' a'],
    others: ['abcdef', 'abcde '],
    key: bytesOf,
    isOrdered: true,
  },
  {
    name: 'mood',
    type: 'mood',
    schema: text,
    cells: ['high', 'low', null, 'mid', 'mid', 'low', 'high', 'high'],
    others: [],
    key: value => moods.indexOf(value),
    isOrdered: true,
  },
  {
    name: 'i2',
    type: 'int2',
    schema: Type.Integer(),
    cells: ['-32768', '0', '1', null, '32767', '7', '1', '10'],
    others: ['99999999999', '-1', '40000'],
    key: BigInt,
    isOrdered: true,
    json: Number,
  },
  {
    name: 'i4n',
    type: 'numeric(9)',
    schema: Type.Integer(),
    cells: ['5', '-5', null, '50', '500', '6', '5', '0'],
    others: ['9007199254740991'],
    key: BigInt,
    isOrdered: true,
    json: Number,
  },
  {
    name: 'i8',
    type: 'int8',
    schema: Type.String({ format: 'int64' }),
    cells: [
      '9223372036854775807',
      '-9223372036854775808',
      '9007199254740993',
      '9007199254740992',
      null,
      '0',
      '1',
      '-1',
    ],
    others: ['9007199254740994', '2'],
    key: BigInt,
    isOrdered: true,
  },
  {
    name: 'num',
    type: 'numeric',
    schema: Type.String({ format: 'decimal' }),
    cells: [
      '0.1',
      '0.10',
      '123456789012345678901234567890.123456789',
      '-5',
      '99.99999999999999999',
      null,
      '100',
      '0',
    ],
    others: ['99.999999999999999990', '-0', '0.10000000000000000001'],
    key: scaled,
    isOrdered: true,
  },
  {
    name: 'f8',
    type: 'float8',
    schema: Type.Number(),
    cells: ['0.1', '-0.5', '1e300', '0', null, '3', '2.5', '0.30000000000000004'],
    others: ['0.3', '5e-324'],
    key: Number,
    isOrdered: true,
    json: Number,
  },
  {
    name: 'f4',
    type: 'float4',
    schema: Type.Number(),
    cells: ['0.5', '1.1', '3e38', '-2', '0', '1.1', null, '7'],
    others: ['1e300', '-1e300', '1.2'],
    key: value => (Number.isFinite(Math.fround(Number(value))) ? Math.fround(Number(value)) : Number(value)),
    isOrdered: true,
    json: Number,
  },
  {
    name: 'd',
    type: 'date',
    schema: Type.String({ format: 'date' }),
    cells: [
      '0001-01-01',
      '9999-12-31',
      '2024-02-29',
      null,
      '2024-02-28',
      '2024-03-01',
      '2024-02-29',
      '1970-01-01',
    ],
    others: ['2000-01-01'],
    key: value => value,
    isOrdered: true,
  },
  {
    name: 'tz',
    type: 'timestamptz',
    schema: instant,
    cells: instants,
    others: ['2024-01-01T00:00:00.000003Z'],
    key: microseconds,
    isOrdered: true,
  },
  {
    name: 'ts',
    type: 'timestamp',
    schema: instant,
    cells: instants,
    others: ['2024-01-01T05:30:00.000001+05:30'],
    key: microseconds,
    isOrdered: true,
    write: literal => `${literal}::timestamptz at time zone 'UTC'`,
  },
  {
    name: 'flag',
    type: 'boolean',
    schema: Type.Boolean(),
    cells: ['true', 'false', null, 'true', 'true', 'false', null, 'false'],
    others: [],
    key: value => value,
    isOrdered: false,
    json: value => value === 'true',
  },
  // Texts may have been written by others, in any case.
  ...['uuid', 'text', 'varchar(36)', 'char(40)', 'name'].map(type => ({
    name: `uid_${type.replace(/\W.*/, '')}`,
    type,
    schema: Type.String({ format: 'uuid' }),
    cells: [1, 2, 3, 4, 5, 6, 7].map(
      n => `${n % 2 ? 'AAaaaaaA' : 'aaaaaaaa'}-0000-4000-8000-00000000000${n}`,
    ),
    others: ['AAAAAAAA-0000-4000-8000-000000000003', 'bbbbbbbb-0000-4000-8000-000000000001'],
    key: (value: string) => value.toLowerCase(),
    isOrdered: false,
  })),
  {
    name: 'tags',
    type: 'text[]',
    schema: Type.Array(text),
    cells: ['["a","b"]', '["b","a"]', '[]', '["NULL"]', null, '["a,b"]', '["\\"\\\\"]', '["a","b"]'],
    others: ['["a"]', '[""]'],
    key: canonical,
    isOrdered: false,
    json: JSON.parse,
    write: literal => `array(select jsonb_array_elements_text(${literal}::jsonb))`,
  },
  {
    name: 'sizes',
    type: 'int4[]',
    schema: Type.Array(Type.Integer()),
    cells: ['[1,2]', '[2,1]', '[]', null, '[2147483647]', '[1]', '[1,2]', '[0]'],
    others: ['[3]'],
    key: canonical,
    isOrdered: false,
    json: JSON.parse,
    write: literal => `array(select jsonb_array_elements_text(${literal}::jsonb)::int4)`,
  },
  ...['json', 'jsonb'].map(type => ({
    name: type === 'json' ? 'js' : 'jb',
    type,
    schema: Type.Unknown(),
    cells: documents,
    others: ['{"a":1}', '1.5', '[[]]'],
    key: canonical,
    isOrdered: false,
  })),
  {
    name: 'ip',
    type: 'inet',
    schema: text,
    cells: ['10.0.0.1/32', '10.0.0.0/8', null, '::1/128', '10.0.0.1/32', '10.0.0.2/32', null, '1.2.3.4/32'],
    others: ["'", 'no address'],
    key: value => value,
    isOrdered: false,
  },
]
