// A column type that Lading carries as text → a description of its values, with an example.

/** A type as recorded in `pg_type`. */
export interface TypeInfo {
  readonly name: string
  /** `pg_type.typtype`: `c` composite, `r` range, `m` multirange, `e` enum … */
  readonly kind: string
}

/** Returns the end of a sentence that begins with "must be". */
export function typeWords({ name, kind }: TypeInfo): string {
  if (name === 'cidr') return 'a network (cidr) with no bits set after its mask, such as 192.168.0.0/24'
  const known = words.get(name)
  if (known !== undefined) return `${known[0]} (${name}), such as ${known[1]}`
  const describe = kinds.get(kind)
  return describe === undefined ? `a value of the type ${name}, as PostgreSQL writes it` : describe(name)
}

const kinds: ReadonlyMap<string, (name: string) => string> = new Map([
  ['c', name => `a row of the type ${name}, such as (a,b)`],
  ['e', name => `one of the values of the type ${name}`],
  ['r', name => `a range (${name}), such as [1,10)`],
  ['m', name => `several ranges (${name}), such as {[1,3),[7,9)}`],
])

const words: ReadonlyMap<string, readonly [description: string, example: string]> = new Map([
  ['inet', ['a network address', '192.168.0.1']],
  ['macaddr', ['a MAC address', '08:00:2b:01:02:03']],
  ['macaddr8', ['a MAC address of 8 bytes', '08:00:2b:01:02:03:04:05']],
  ['time', ['a time of day', '14:30:00']],
  ['timetz', ['a time of day with its zone', '14:30:00+01']],
  ['interval', ['a span of time', '1 day 02:30:00']],
  ['int4range', ['a range of whole numbers', '[1,10)']],
  ['int8range', ['a range of whole numbers', '[1,10)']],
  ['numrange', ['a range of numbers', '[1.5,2.5)']],
  ['daterange', ['a range of days', '[2026-01-01,2026-02-01)']],
  ['tsrange', ['a range of times', '[2026-01-01 00:00:00,2026-02-01 00:00:00)']],
  ['tstzrange', ['a range of moments', '[2026-01-01 00:00:00+00,2026-02-01 00:00:00+00)']],
  ['int4multirange', ['several ranges of whole numbers', '{[1,3),[7,9)}']],
  ['int8multirange', ['several ranges of whole numbers', '{[1,3),[7,9)}']],
  ['nummultirange', ['several ranges of numbers', '{[1.5,2.5),[7,9)}']],
  ['datemultirange', ['several ranges of days', '{[2026-01-01,2026-02-01)}']],
  ['tsmultirange', ['several ranges of times', '{[2026-01-01 00:00:00,2026-02-01 00:00:00)}']],
  ['tstzmultirange', ['several ranges of moments', '{[2026-01-01 00:00:00+00,2026-02-01 00:00:00+00)}']],
  ['point', ['a point', '(1.5,2)']],
  ['line', ['a line', '{1,-1,0}']],
  ['lseg', ['a line segment', '[(0,0),(1,1)]']],
  ['box', ['a box', '(1,1),(0,0)']],
  ['path', ['a path', '[(0,0),(1,1),(2,0)]']],
  ['polygon', ['a polygon', '((0,0),(1,1),(2,0))']],
  ['circle', ['a circle', '<(1,2),5>']],
  ['xml', ['well-formed XML', '<a>text</a>']],
  ['bit', ['a string of bits', '1010']],
  ['varbit', ['a string of bits', '1010']],
  ['bytea', ['binary data in hexadecimal digits', '\\x48656c6c6f']],
  ['money', ['an amount of money', '12.34']],
  ['tsquery', ['a text search query', 'cat & dog']],
  ['tsvector', ['a text search vector', 'cat:1 dog:2']],
  ['jsonpath', ['a JSON path', '$.name']],
  ['json', ['JSON', '{"a":1}']],
  ['jsonb', ['JSON', '{"a":1}']],
  ['hstore', ['pairs of keys and values', 'a=>1, b=>2']],
  ['ltree', ['a path of labels', 'Top.Science']],
  ['int2', ['a whole number', '7']],
  ['int4', ['a whole number', '7']],
  ['int8', ['a whole number', '7']],
])
