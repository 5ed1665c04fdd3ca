// json: any JSON value; JSON text in a CSV cell, which is kept to the letter.
import { type Codec, invalid, Refusal } from './codec.ts'
import { refuseText } from './text.ts'

/** As deep as a value may be nested. PostgreSQL's own limit is its stack. */
const maxDepth = 64

const rounded = new Refusal(
  undefined,
  'holds a whole number beyond 2^53, which JSON readers round; write it as a string',
)

/**
 * A JSON value with its text. PostgreSQL keeps numbers exactly, and `json` columns even white space, while a
 * JavaScript value has lost both.
 */
export class JsonText {
  constructor(
    readonly text: string,
    readonly value: unknown,
  ) {}

  /** Reports show the value. */
  toJSON(): unknown {
    return this.value
  }
}

export const json: Codec = {
  // PostgreSQL knows limits of its own for json (depth, number size); as text, they are judged row by row.
  stagingType: 'text',
  expectation: 'must be JSON',
  parse: text => {
    try {
      const value: unknown = JSON.parse(text)
      return refuseJson(value, 0) ?? new JsonText(text, value)
    } catch {
      return invalid
    }
  },
  // The digits of a number are gone once it has been parsed, so one that may have been rounded is refused.
  fromJson: value =>
    refuseJson(value, 0) ?? (hasRounded(value) ? rounded : new JsonText(JSON.stringify(value), value)),
  toCopy: ({ text }: JsonText) => text,
  // The type `json` keeps line breaks between its tokens, which would end a line of NDJSON.
  print: ({ sql, type }) =>
    type === 'json'
      ? { csv: `${sql}::text`, json: `translate(${sql}::text, E'\\n\\r', '  ')::json` }
      : { csv: `${sql}::text`, json: sql },
  isJson: true,
}

/** NUL and lone surrogates are legal JSON and illegal jsonb (22P05, 22P02), in keys too. */
function refuseJson(value: unknown, depth: number): Refusal | undefined {
  if (typeof value === 'string') return refuseText(value)
  // Objects of a program may hold what JSON has no text for.
  if (typeof value === 'bigint' || typeof value === 'function' || typeof value === 'symbol') return invalid
  if (typeof value !== 'object' || value === null) return undefined
  if (depth >= maxDepth) return invalid
  for (const [key, member] of Object.entries(value)) {
    const refusal = refuseText(key) ?? refuseJson(member, depth + 1)
    if (refusal !== undefined) return refusal
  }
  return undefined
}

function hasRounded(value: unknown): boolean {
  // JSON.parse makes infinity of 1e400, and JSON.stringify null of that.
  if (typeof value === 'number')
    return Number.isInteger(value) ? !Number.isSafeInteger(value) : !Number.isFinite(value)
  return typeof value === 'object' && value !== null && Object.values(value).some(hasRounded)
}
