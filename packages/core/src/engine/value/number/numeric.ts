// numeric: exact decimal numbers, kept as text with every digit of the input.
import { type Codec, invalid } from '../codec.ts'

// No exponent: PostgreSQL would store 1e400 with 401 digits. The lengths are PostgreSQL's own limits.
const form = /^-?(?:\d{1,131072}(?:\.\d{0,16383})?|\.\d{1,16383})$/
/** Decimal digits that a double always preserves (IEEE 754 binary64). */
const safeDigits = 15

const parse = (text: string) => (form.test(text) ? text : invalid)

/** In PostgreSQL, NaN is greater than infinity. */
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
  // A JSON string, because JSON.parse would round a number. NaN and the infinities are not decimals, and imports reject them.
  print: ({ sql, unprintable }) => {
    const printed = `case when ${isFiniteSql(sql)} then ${sql}::text when ${sql} is not null then ${unprintable} end`
    return { csv: printed, json: printed }
  },
  isPrintable: isFiniteSql,
}

/** JavaScript prints 0.0000001 as `1e-7`. Numbers that it prints with a positive exponent have too many digits anyway. */
function withoutExponent(text: string): string {
  const parts = /^(-?)(\d)(?:\.(\d+))?e-(\d+)$/.exec(text)
  if (parts === null) return text
  const [, sign, first, rest = '', zeros] = parts
  return `${sign}0.${'0'.repeat(Number(zeros) - 1)}${first}${rest}`
}
