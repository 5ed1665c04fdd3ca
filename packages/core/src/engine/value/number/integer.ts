// integer: whole numbers that JavaScript holds exactly. PostgreSQL checks the range of the column.
import { type Codec, invalid, outOfTypeRange } from '../codec.ts'

const form = /^-?\d+$/
/** Longer texts are not plausible numbers. */
const maxDigits = 400

export const integer: Codec = {
  stagingType: 'bigint',
  expectation: 'must be a whole number',
  parse: text => (text.length <= maxDigits && form.test(text) ? safe(Number(text), text) : invalid),
  fromJson: value => (typeof value === 'number' ? safe(value, String(value)) : invalid),
  toCopy: (value: number) => String(value),
  isPlain: true,
  print: ({ sql, type, unprintable }) => {
    if (type !== 'int8') return { csv: sql, json: sql }
    const printed = `case when ${isSafe(sql)} then ${sql} when ${sql} is not null then (${unprintable})::int8 end`
    return { csv: printed, json: printed }
  },
  isPrintable: (sql, type) => (type === 'int8' ? isSafe(sql) : 'true'),
  isJson: true,
}

/** SQL condition: JavaScript holds the number exactly. */
export function isSafe(sql: string): string {
  return `${sql} between ${Number.MIN_SAFE_INTEGER} and ${Number.MAX_SAFE_INTEGER}`
}

/** Numbers beyond 2^53 may already have been rounded. `+ 0` turns -0 into 0. */
function safe(value: number, text: string) {
  if (Number.isSafeInteger(value)) return value + 0
  return Number.isInteger(value) || !Number.isFinite(value) ? outOfTypeRange(text, outOfRange) : invalid
}

const outOfRange = `must be between ${Number.MIN_SAFE_INTEGER} and ${Number.MAX_SAFE_INTEGER}`
