// The NDJSON format: one JSON object per line, in UTF-8.
import type { Format } from '../format.ts'
import { decodeNdjson } from './decode.ts'
import { encodeNdjson, ndjsonPrinter } from './encode.ts'

export const ndjson: Format = {
  name: 'ndjson',
  mediaType: 'application/x-ndjson',
  values: 'json',
  extensions: ['.ndjson', '.jsonl', '.json'],
  decode: decodeNdjson,
  encode: encodeNdjson,
  rowPrinter: ndjsonPrinter,
}
