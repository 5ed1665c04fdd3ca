// float: IEEE 754 binary64, finite.
import { type Codec, invalid, outOfTypeRange } from '../codec.ts'

const form = /^-?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d{1,3})?$/

function finite(value: number, text: string, message?: string) {
  if (Number.isFinite(value)) return value
  return Number.isNaN(value) ? invalid : outOfTypeRange(text, message)
}

const outOfRange = `must be between ${-Number.MAX_VALUE} and ${Number.MAX_VALUE}`
const tooSmall = 'is too close to 0; write 0'

/** True if a number too small for a double has become 0. PostgreSQL rejects such a number. */
const isUnderflow = (text: string, value: number) => value === 0 && /[1-9]/.test(text.replace(/[eE].*/, ''))

function parse(text: string) {
  if (text.length > 400 || !form.test(text)) return invalid
  const value = Number(text)
  return isUnderflow(text, value) ? outOfTypeRange(text, tooSmall) : finite(value, text, outOfRange)
}

const isFiniteSql = (sql: string) => `${sql} - ${sql} = 0`

export const float: Codec = {
  stagingType: 'double precision',
  expectation: 'must be a number',
  parse,
  fromJson: value => (typeof value === 'number' ? finite(value, String(value)) : invalid),
  toCopy: (value: number) => (Object.is(value, -0) ? '-0' : String(value)),
  isPlain: true,
  // NaN and the infinities are not JSON numbers, and imports reject them.
  print: ({ sql, type, unprintable }) => ({
    csv: `case when ${isFiniteSql(sql)} then ${sql}::text when ${sql} is not null then ${unprintable} end`,
    json: `case when ${isFiniteSql(sql)} then ${sql} when ${sql} is not null then (${unprintable})::${type} end`,
  }),
  isPrintable: isFiniteSql,
  isJson: true,
}

/**
 * float in a `real` column. PostgreSQL rounds the decimal digits to `real` itself: staged as a double, some values would be
 * rounded twice, and a `real` that PostgreSQL printed would not read back unchanged.
 */
export const single: Codec = { ...float, stagingType: 'real' }
