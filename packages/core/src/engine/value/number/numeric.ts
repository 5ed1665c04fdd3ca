// numeric: decimal numbers, exact; kept as text, with every digit that was given.
import { type Codec, invalid } from '../codec.ts'

// No exponent: 1e400 is a number to PostgreSQL, of 401 digits. The lengths are PostgreSQL's own limits.
const form = /^-?(?:\d{1,131072}(?:\.\d{0,16383})?|\.\d{1,16383})$/
/** Decimal digits that a double holds for certain (IEEE 754 binary64). */
const safeDigits = 15

const parse = (text: string) => (form.test(text) ? text : invalid)

/** NaN is greater than infinity. */
const isFiniteSql = (sql: string) => `${sql} < 'Infinity' and ${sql} > '-Infinity'`

export const numeric: Codec = {
  stagingType: 'numeric',
  expectation: 'must be a decimal number without exponent',
  parse,
  fromJson: value => {
    if (typeof value === 'string') return parse(value)
    if (typeof value !== 'number') return invalid
    const text = withoutExponent(String(value))
    return text.replace(/\D/g, '').replace(/^0+/, '').length <= safeDigits ? parse(text) : invalid
  },
  toCopy: (value: string) => value,
  isPlain: true,
  // As a JSON string: JSON.parse would round it. NaN and the infinities are no decimals, and no import takes them back.
  print: ({ sql, unprintable }) => {
    const printed = `case when ${isFiniteSql(sql)} then ${sql}::text when ${sql} is not null then ${unprintable} end`
    return { csv: printed, json: printed }
  },
  isPrintable: isFiniteSql,
}

/** JavaScript writes 0.0000001 as `1e-7`. What it writes with a positive exponent has too many digits anyway. */
function withoutExponent(text: string): string {
  const parts = /^(-?)(\d)(?:\.(\d+))?e-(\d+)$/.exec(text)
  if (parts === null) return text
  const [, sign, first, rest = '', zeros] = parts
  return `${sign}0.${'0'.repeat(Number(zeros) - 1)}${first}${rest}`
}
