// json: any JSON value; JSON text in a CSV cell.
import { type Codec, invalid, type Refusal } from './codec.ts'
import { refuseText } from './text.ts'

/** As deep as a value may be nested. PostgreSQL's own limit is its stack. */
const maxDepth = 64

export const json: Codec = {
  // PostgreSQL knows limits of its own for json (depth, number size); as text, they are judged row by row.
  stagingType: 'text',
  expectation: 'must be JSON',
  parse: text => {
    try {
      return storable(JSON.parse(text))
    } catch {
      return invalid
    }
  },
  fromJson: value => storable(value),
  toCopy: (value: unknown) => JSON.stringify(value),
  // The type `json` keeps line breaks between its tokens, which would end a line of NDJSON.
  print: ({ sql, type }) =>
    type === 'json'
      ? { csv: `${sql}::text`, json: `translate(${sql}::text, E'\\n\\r', '  ')::json` }
      : { csv: `${sql}::text`, json: sql },
}

function storable(value: unknown): unknown {
  return refuseJson(value, 0) ?? value
}

/** NUL and lone surrogates are legal JSON and illegal jsonb (22P05, 22P02), in keys too. */
function refuseJson(value: unknown, depth: number): Refusal | undefined {
  if (typeof value === 'string') return refuseText(value)
  if (typeof value !== 'object' || value === null) return undefined
  if (depth >= maxDepth) return invalid
  for (const [key, member] of Object.entries(value)) {
    const refusal = refuseText(key) ?? refuseJson(member, depth + 1)
    if (refusal !== undefined) return refusal
  }
  return undefined
}
