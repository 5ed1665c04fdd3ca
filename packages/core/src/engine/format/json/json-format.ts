// The JSON format: one array of objects, in UTF-8.
import type { Format } from '../format.ts'
import { encodeNdjson, ndjsonPrinter } from '../ndjson/encode.ts'
import { frameArray } from './array-framing.ts'
import { decodeJson } from './decode.ts'

export const json: Format = {
  name: 'json',
  mediaType: 'application/json',
  values: 'json',
  // A file name cannot distinguish an array from one object per line: see `detect.ts`.
  extensions: [],
  decode: decodeJson,
  encode: encodeNdjson,
  rowPrinter: ndjsonPrinter,
  frame: () => frameArray,
}
