// json: any JSON value. Its source text, if there is one, is kept verbatim.
import { JsonText } from '../record/json-text.ts'
import { type Codec, InvalidValue, invalid } from './codec.ts'
import { checkText } from './text.ts'

/** Maximum nesting of a value. PostgreSQL's own limit is its stack. */
const maxDepth = 64

const rounded = new InvalidValue(
  undefined,
  'holds a whole number beyond 2^53, which JSON readers round; write it as a string',
)

export const json: Codec = {
  // PostgreSQL has its own limits for json (depth, number size). Staged as text, values are judged row by row.
  stagingType: 'text',
  expectation: 'must be JSON',
  parse: text => {
    try {
      const value: unknown = JSON.parse(text)
      // A decoder yields well-formed text only, but a field's `transform` may split a surrogate pair.
      return checkText(text) ?? (isJsonValue(value, 0) ? new JsonText(text, value) : invalid)
    } catch {
      return invalid
    }
  },
  fromJson: value => {
    // The decoder has already checked it.
    if (value instanceof JsonText) return value
    if (!isJsonValue(value, 0)) return invalid
    // A JavaScript number may already have been rounded, so it is rejected.
    return hasRounded(value) ? rounded : new JsonText(JSON.stringify(value), value)
  },
  toCopy: ({ text }: JsonText) => text,
  // In a CSV cell, the text `null` differs from an empty cell; in JSON, null means no value.
  print: ({ sql, type, unprintable }) => ({
    csv: `${sql}::text`,
    json: `case when ${isNotJsonNull(sql, type)} then ${type === 'json' ? onOneLine(sql, type) : sql} when ${sql} is not null then (${unprintable})::${type} end`,
  }),
  isPrintable: isNotJsonNull,
  isJson: true,
}

/** The type `json` keeps line breaks between tokens, which would end a line of NDJSON. */
export function onOneLine(sql: string, type: 'json' | 'json[]'): string {
  return `translate(${sql}::text, E'\\n\\r', '  ')::${type}`
}

function isNotJsonNull(sql: string, type: string): string {
  return `${type}_typeof(${sql}) <> 'null'`
}

/** JavaScript objects may hold values that JSON has no text for. */
function isJsonValue(value: unknown, depth: number): boolean {
  if (typeof value === 'bigint' || typeof value === 'function' || typeof value === 'symbol') return false
  if (typeof value !== 'object' || value === null) return true
  return depth < maxDepth && Object.values(value).every(member => isJsonValue(member, depth + 1))
}

function hasRounded(value: unknown): boolean {
  // JSON.parse turns 1e400 into Infinity, and JSON.stringify turns that into null.
  if (typeof value === 'number')
    return Number.isInteger(value) ? !Number.isSafeInteger(value) : !Number.isFinite(value)
  return typeof value === 'object' && value !== null && Object.values(value).some(hasRounded)
}
