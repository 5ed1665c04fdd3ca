// float: IEEE 754 binary64, finite.
import { type Codec, invalid } from './codec.ts'

const form = /^-?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d{1,3})?$/

const finite = (value: number) => (Number.isFinite(value) ? value : invalid)

const isFiniteSql = (sql: string) => `${sql} - ${sql} = 0`

export const float: Codec = {
  stagingType: 'double precision',
  expectation: 'must be a number',
  parse: text => (text.length <= 400 && form.test(text) ? finite(Number(text)) : invalid),
  fromJson: value => (typeof value === 'number' ? finite(value) : invalid),
  toCopy: (value: number) => String(value),
  isPlain: true,
  // NaN and the infinities are no JSON numbers, and no import takes them back.
  print: ({ sql, type, unprintable }) => ({
    csv: `case when ${isFiniteSql(sql)} then ${sql}::text when ${sql} is not null then ${unprintable} end`,
    json: `case when ${isFiniteSql(sql)} then ${sql} when ${sql} is not null then (${unprintable})::${type} end`,
  }),
  isPrintable: isFiniteSql,
  isJson: true,
}
