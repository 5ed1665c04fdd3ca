// The CSV format (RFC 4180): UTF-8, with a header.
import type { Format } from '../format.ts'
import { decodeCsv } from './decode.ts'
import { csvPrinter, encodeCsv } from './encode.ts'
import { frameExcel } from './excel-framing.ts'

export const csv: Format = {
  name: 'csv',
  mediaType: 'text/csv',
  values: 'text',
  extensions: ['.csv'],
  decode: decodeCsv,
  encode: encodeCsv,
  rowPrinter: csvPrinter,
  frame: frameExcel,
}
