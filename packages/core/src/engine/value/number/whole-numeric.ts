// integer and int64 in a numeric column: zeros after the decimal point are accepted, but not printed.

import type { Codec } from '../codec.ts'
import { bigint, inInt64 } from './bigint.ts'
import { integer, isSafe } from './integer.ts'

/** A numeric(10,2) column prints 7 as `7.00`. */
const whole = (text: string) => text.replace(/\.0+$/, '')

const isWhole = (sql: string) => `${sql} = trunc(${sql})`

function wholeNumeric(codec: Codec, inRange: (sql: string) => string): Codec {
  const isPrintable = (sql: string) => `${isWhole(sql)} and ${inRange(sql)}`
  return {
    ...codec,
    parse: text => codec.parse(whole(text)),
    fromJson: value => codec.fromJson(typeof value === 'string' ? whole(value) : value),
    print: ({ sql, unprintable }) => {
      const csv = `case when ${isPrintable(sql)} then trim_scale(${sql})::text when ${sql} is not null then ${unprintable} end`
      return { csv, json: codec.isJson === true ? `(${csv})::numeric` : csv }
    },
    isPrintable,
  }
}

export const integerOfNumeric = wholeNumeric(integer, isSafe)
export const bigintOfNumeric = wholeNumeric(bigint, inInt64)
