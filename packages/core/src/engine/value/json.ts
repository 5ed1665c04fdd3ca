// json: any JSON value, whose text is kept to the letter where there is one.
import { JsonText } from '../record/json-text.ts'
import { type Codec, InvalidValue, invalid } from './codec.ts'
import { refuseText } from './text.ts'

/** As deep as a value may be nested. PostgreSQL's own limit is its stack. */
const maxDepth = 64

const rounded = new InvalidValue(
  undefined,
  'holds a whole number beyond 2^53, which JSON readers round; write it as a string',
)

export const json: Codec = {
  // PostgreSQL knows limits of its own for json (depth, number size); as text, they are judged row by row.
  stagingType: 'text',
  expectation: 'must be JSON',
  parse: text => {
    try {
      const value: unknown = JSON.parse(text)
      // Of a decoder's text there is none; a field's `transform` may cut a pair in two.
      return refuseText(text) ?? (isJsonValue(value, 0) ? new JsonText(text, value) : invalid)
    } catch {
      return invalid
    }
  },
  fromJson: value => {
    // A decoder has judged its text.
    if (value instanceof JsonText) return value
    if (!isJsonValue(value, 0)) return invalid
    // The digits of a program's number are gone, so one that may have been rounded is refused.
    return hasRounded(value) ? rounded : new JsonText(JSON.stringify(value), value)
  },
  toCopy: ({ text }: JsonText) => text,
  // In a CSV cell the text `null` is not an empty cell; in JSON, null is no value.
  print: ({ sql, type, unprintable }) => ({
    csv: `${sql}::text`,
    json: `case when ${isNoNull(sql, type)} then ${type === 'json' ? onOneLine(sql, type) : sql} when ${sql} is not null then (${unprintable})::${type} end`,
  }),
  isPrintable: isNoNull,
  isJson: true,
}

/** The type `json` keeps line breaks between its tokens, which would end a line of NDJSON. */
export function onOneLine(sql: string, type: 'json' | 'json[]'): string {
  return `translate(${sql}::text, E'\\n\\r', '  ')::${type}`
}

function isNoNull(sql: string, type: string): string {
  return `${type}_typeof(${sql}) <> 'null'`
}

/** Objects of a program may hold what JSON has no text for. */
function isJsonValue(value: unknown, depth: number): boolean {
  if (typeof value === 'bigint' || typeof value === 'function' || typeof value === 'symbol') return false
  if (typeof value !== 'object' || value === null) return true
  return depth < maxDepth && Object.values(value).every(member => isJsonValue(member, depth + 1))
}

function hasRounded(value: unknown): boolean {
  // JSON.parse makes infinity of 1e400, and JSON.stringify null of that.
  if (typeof value === 'number')
    return Number.isInteger(value) ? !Number.isSafeInteger(value) : !Number.isFinite(value)
  return typeof value === 'object' && value !== null && Object.values(value).some(hasRounded)
}
