// integer: whole numbers that JavaScript holds exactly; the column's own range is PostgreSQL's to judge.
import { type Codec, invalid } from './codec.ts'
import { numeric } from './numeric.ts'

const form = /^-?\d{1,16}$/

export const integer: Codec = {
  stagingType: 'bigint',
  expectation: 'must be a whole number',
  parse: text => (form.test(text) ? safe(Number(text)) : invalid),
  fromJson: value => (typeof value === 'number' ? safe(value) : invalid),
  toCopy: (value: number) => String(value),
  isPlain: true,
  print: column =>
    column.type === 'numeric'
      ? { csv: numeric.print(column).csv, json: `(${numeric.print(column).csv})::numeric` }
      : { csv: column.sql, json: column.sql },
  isJson: true,
}

/** Numbers beyond 2^53 may already have been rounded. `+ 0` turns -0 into 0. */
const safe = (value: number) => (Number.isSafeInteger(value) ? value + 0 : invalid)
