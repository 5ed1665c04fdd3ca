// bigint: 64-bit whole numbers, exact; kept as text, since a JavaScript number would round them.
import { beyondType, type Codec, invalid } from '../codec.ts'

const form = /^-?\d{1,400}$/
const least = -(2n ** 63n)
const greatest = 2n ** 63n - 1n

function parse(text: string) {
  if (!form.test(text)) return invalid
  const value = BigInt(text)
  return value >= least && value <= greatest ? value.toString() : beyondType(text)
}

export const bigint: Codec = {
  stagingType: 'bigint',
  expectation: 'must be a whole number of 64 bits',
  parse,
  fromJson: value => {
    if (typeof value === 'string' || typeof value === 'bigint') return parse(String(value))
    if (Number.isSafeInteger(value)) return String(value)
    return Number.isInteger(value) ? beyondType(String(value)) : invalid
  },
  toCopy: (value: string) => value,
  isPlain: true,
  // As a JSON string: JSON.parse rounds a bare number beyond 2^53.
  print: ({ sql }) => ({ csv: sql, json: `${sql}::text` }),
}

/** SQL condition on a numeric value. */
export function inInt64(sql: string): string {
  return `${sql} between ${least} and ${greatest}`
}
