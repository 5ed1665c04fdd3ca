// timestamp in a column without zone: a date and a time that are taken as they stand, or an instant, which is kept in UTC.
import { type Codec, invalid } from '../codec.ts'
import { timestamp, timestampFromJson } from './timestamp.ts'
import { inUtc, readInstant, readWithoutZone } from './timestamp-text.ts'

/** The values are those of `timestamp`, so that hooks and exports see one form, whatever the column. */
const parse = (text: string) => readInstant(text) ?? readWithoutZone(text) ?? invalid

export const timestampWithoutZone: Codec = {
  ...timestamp,
  // PostgreSQL ignores the zone of a value of this type, and converts one of the other by the zone of the session.
  stagingType: 'timestamp',
  expectation: 'must be a timestamp, such as 2024-01-31T12:00:00',
  parse,
  fromJson: value => timestampFromJson(value, parse),
  toCopy: (value: string) => (/[Zz]$/.test(value) ? value : inUtc(value)).slice(0, -1),
}
