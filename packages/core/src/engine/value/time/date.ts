// date: a day of the years 0001 to 9999, in ISO 8601 format.

import { type Codec, invalid } from '../codec.ts'
import { digits, isCalendarDay } from './calendar.ts'

const form = /^\d{4}-\d\d-\d\d$/

function parse(text: string) {
  return form.test(text) && isCalendarDay(digits(text, 0, 4), digits(text, 5, 2), digits(text, 8, 2))
    ? text
    : invalid
}

const inRange = (sql: string) => `${sql} >= date '0001-01-01' and ${sql} <= date '9999-12-31'`

export const date: Codec = {
  stagingType: 'date',
  expectation: 'must be a date, such as 2024-01-31',
  parse,
  fromJson: value => (typeof value === 'string' ? parse(value) : invalid),
  toCopy: (value: string) => value,
  isPlain: true,
  print: ({ sql, unprintable }) => {
    const printed = `case when ${inRange(sql)} then ${sql}::text when ${sql} is not null then ${unprintable} end`
    return { csv: printed, json: printed }
  },
  isPrintable: inRange,
}
