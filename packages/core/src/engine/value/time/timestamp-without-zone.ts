// timestamp in a column without time zone: a date and time, stored as they are, or an instant, stored in UTC.
import { type Codec, invalid } from '../codec.ts'
import { timestamp, timestampFromJson } from './timestamp.ts'
import { inUtc, readInstant, readWithoutZone } from './timestamp-text.ts'

/** The values are those of `timestamp`, so that hooks and exports see one format for both kinds of column. */
const parse = (text: string) => readInstant(text) ?? readWithoutZone(text) ?? invalid

export const timestampWithoutZone: Codec = {
  ...timestamp,
  // PostgreSQL ignores the zone of a `timestamp` literal, and converts a `timestamptz` by the zone of the session.
  stagingType: 'timestamp',
  expectation: 'must be a timestamp, such as 2024-01-31T12:00:00',
  parse,
  fromJson: value => timestampFromJson(value, parse),
  toCopy: (value: string) => (/[Zz]$/.test(value) ? value : inUtc(value)).slice(0, -1),
}
