// What a column holds, and how an independent reader reads it: from PostgreSQL's own text, from CSV and from JSON.
import { readList } from './read-list.ts'

export type Scalar =
  | 'text'
  | 'int'
  | 'bigint'
  | 'numeric'
  | 'float'
  | 'boolean'
  | 'date'
  | 'timestamp'
  | 'json'
export type Kind = Scalar | `${Scalar}[]`

type Reader = (text: string) => unknown

/** Numbers that a double cannot hold stay text; instants are compared by their UTC text. */
const readers: Readonly<Record<Scalar, Reader>> = {
  text: text => text,
  int: Number,
  bigint: text => text,
  numeric: text => text,
  float: Number,
  boolean: text => {
    if (['t', 'true'].includes(text)) return true
    if (['f', 'false'].includes(text)) return false
    throw new Error(`${text} is no boolean`)
  },
  date: text => text,
  timestamp: instant,
  json: text => JSON.parse(text),
}

/** A value of a CSV cell, or as PostgreSQL prints it. */
export function readText(kind: Kind, text: string | null): unknown {
  if (text === null) return null
  const element = elementOf(kind)
  if (element === undefined) return readers[kind as Scalar](text)
  return readList(text).map(item => (item === null ? null : readers[element](item)))
}

/** A value of a JSON document. */
export function readJson(kind: Kind, value: unknown): unknown {
  if (value === null) return null
  const element = elementOf(kind)
  if (element === undefined) return readJsonScalar(kind as Scalar, value)
  if (!Array.isArray(value)) throw new Error(`${JSON.stringify(value)} is no list`)
  return value.map(item => (item === null ? null : readJsonScalar(element, item)))
}

function readJsonScalar(kind: Scalar, value: unknown): unknown {
  if (kind === 'json') return value
  const wanted = kind === 'int' || kind === 'float' ? 'number' : kind === 'boolean' ? 'boolean' : 'string'
  // The type is part of what an export promises: `"7"` is not 7.
  if (typeof value !== wanted) throw new Error(`${JSON.stringify(value)} is no ${wanted}`)
  return typeof value === 'string' ? readers[kind](value) : value
}

function elementOf(kind: Kind): Scalar | undefined {
  return kind.endsWith('[]') ? (kind.slice(0, -2) as Scalar) : undefined
}

/** `2020-01-01 00:00:00+00` and `2020-01-01T00:00:00Z` are one instant. */
function instant(text: string): string {
  const parts = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d)(\.\d+)?(?:Z|\+00)$/.exec(text)
  if (parts === null) throw new Error(`${text} is no instant in UTC`)
  const [, day, time, fraction = ''] = parts
  return `${day}T${time}${fraction.replace(/\.?0+$/, '')}Z`
}
