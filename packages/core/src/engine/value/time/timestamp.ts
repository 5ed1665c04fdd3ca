// timestamp: an instant of the years 0001 to 9999, in the format of RFC 3339 or PostgreSQL; printed in UTC with Z.
import { type Codec, InvalidValue, invalid } from '../codec.ts'
import { inUtc, readInstant, readWithoutZone } from './timestamp-text.ts'

const withoutZone = new InvalidValue(undefined, 'has no time zone; add one, such as Z or +02:00')

/** A zone is required: without one, the same file would mean another instant on another server. */
function parse(text: string) {
  return readInstant(text) ?? (readWithoutZone(text) === undefined ? invalid : withoutZone)
}

const inRange = (sql: string) => `${sql} >= '0001-01-01 00:00:00+00' and ${sql} < '10000-01-01 00:00:00+00'`

/** @param parse parses text */
export function timestampFromJson(value: unknown, parse: (text: string) => unknown): unknown {
  if (typeof value === 'string') return parse(value)
  // JavaScript objects may hold dates; JSON does not.
  return value instanceof Date && !Number.isNaN(value.getTime()) ? parse(value.toISOString()) : invalid
}

export const timestamp: Codec = {
  stagingType: 'timestamptz',
  expectation: 'must be an RFC 3339 timestamp with its zone, such as 2024-01-31T12:00:00Z',
  parse,
  fromJson: value => timestampFromJson(value, parse),
  toCopy: (value: string) => value,
  isPlain: true,
  // In a UTC session with ISO style, the text is `2024-01-31 12:00:00.5+00`. Editing it costs 0.17 µs a value and keeps
  // the fraction as it is; to_char costs 0.32 µs, always prints six digits, and prints nothing for infinity.
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
