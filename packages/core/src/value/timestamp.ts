// timestamp: an instant of the years 0001 to 9999, in RFC 3339 with its offset; printed in UTC with Z.
import { digits, isCalendarDay } from './calendar.ts'
import { type Codec, invalid } from './codec.ts'

const form = /^\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(?:\.\d{1,6}0*)?(?:[Zz]|[+-]\d\d:\d\d)$/

/** PostgreSQL takes offsets up to 15:59 (MAX_TZDISP_HOUR). */
const greatestOffsetHour = 15

/** A zone is required: without one, the same file would mean another instant on another server. */
function parse(text: string) {
  if (!form.test(text)) return invalid
  const year = digits(text, 0, 4)
  if (!isCalendarDay(year, digits(text, 5, 2), digits(text, 8, 2))) return invalid
  // No leap seconds (RFC 3339 allows :60): PostgreSQL would silently make it the next minute.
  if (digits(text, 11, 2) > 23 || digits(text, 14, 2) > 59 || digits(text, 17, 2) > 59) return invalid
  const last = text.charCodeAt(text.length - 1)
  const isUtc = last === 0x5a || last === 0x7a
  if (!isUtc && !isOffset(text)) return invalid
  // An offset can move an instant out of the years that an export can print.
  if (!isUtc && (year === 1 || year === 9999) && !staysInRange(text)) return invalid
  return text
}

function isOffset(text: string): boolean {
  return digits(text, text.length - 5, 2) <= greatestOffsetHour && digits(text, text.length - 2, 2) <= 59
}

function staysInRange(text: string): boolean {
  const year = new Date(text.replace(' ', 'T').toUpperCase()).getUTCFullYear()
  return year >= 1 && year <= 9999
}

const inRange = (sql: string) => `${sql} >= '0001-01-01 00:00:00+00' and ${sql} < '10000-01-01 00:00:00+00'`

/** With as many digits of a second as were given: a `Date` keeps three. */
function inUtc(text: string): string {
  const [, seconds = '', fraction = '', zone = ''] = /^(.{19})(\.\d+)?(.+)$/.exec(text) ?? []
  const whole = new Date(`${seconds.replace(' ', 'T').toUpperCase()}${zone.toUpperCase()}`)
  return `${whole.toISOString().slice(0, 19)}${fraction}Z`
}

export const timestamp: Codec = {
  stagingType: 'timestamptz',
  expectation: 'must be an RFC 3339 timestamp with its zone, such as 2024-01-31T12:00:00Z',
  parse,
  fromJson: value => {
    if (typeof value === 'string') return parse(value)
    // Objects of a program may hold dates; JSON does not.
    return value instanceof Date && !Number.isNaN(value.getTime()) ? parse(value.toISOString()) : invalid
  },
  toCopy: (value: string) => value,
  isPlain: true,
  // With the session in UTC and ISO style, text is `2024-01-31 12:00:00.5+00`. Editing that costs 0.17 µs a value
  // and keeps the fraction as it is; to_char costs 0.32 µs, always prints six digits, and prints infinity as nothing.
  print: ({ sql, type, unprintable }) => {
    const iso =
      type === 'timestamp'
        ? `replace(${sql}::text, ' ', 'T') || 'Z'`
        : `replace(replace(${sql}::text, ' ', 'T'), '+00', 'Z')`
    const printed = `case when ${inRange(sql)} then ${iso} when ${sql} is not null then ${unprintable} end`
    return { csv: printed, json: printed }
  },
  isPrintable: inRange,
  show: inUtc,
}
