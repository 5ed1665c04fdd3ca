// bigint: exact 64-bit whole numbers, kept as text because a JavaScript number would round them.
import { type Codec, invalid, outOfTypeRange } from '../codec.ts'

const form = /^-?\d{1,400}$/
const min = -(2n ** 63n)
const max = 2n ** 63n - 1n

function parse(text: string) {
  if (!form.test(text)) return invalid
  const value = BigInt(text)
  return value >= min && value <= max ? value.toString() : outOfTypeRange(text)
}

export const bigint: Codec = {
  stagingType: 'bigint',
  expectation: 'must be a 64-bit whole number',
  parse,
  fromJson: value => {
    if (typeof value === 'string' || typeof value === 'bigint') return parse(String(value))
    if (Number.isSafeInteger(value)) return String(value)
    return Number.isInteger(value) ? outOfTypeRange(String(value)) : invalid
  },
  toCopy: (value: string) => value,
  isPlain: true,
  // A JSON string, because JSON.parse rounds a number beyond 2^53.
  print: ({ sql }) => ({ csv: sql, json: `${sql}::text` }),
}

/** SQL condition: a numeric value fits in 64 bits. */
export function inInt64(sql: string): string {
  return `${sql} between ${min} and ${max}`
}
