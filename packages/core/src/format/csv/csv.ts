// CSV (RFC 4180), with a header, UTF-8.
import type { Format } from '../format.ts'
import { decodeCsv } from './decode.ts'
import { encodeCsv } from './encode.ts'

export const csv: Format = {
  name: 'csv',
  mediaType: 'text/csv',
  values: 'text',
  extensions: ['.csv'],
  decode: decodeCsv,
  encode: encodeCsv,
}
