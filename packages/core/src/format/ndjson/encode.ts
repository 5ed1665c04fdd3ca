// A select → the COPY that prints it as NDJSON.
import type { ExportQuery } from '../format.ts'

/**
 * CSV format with a quote and a delimiter that JSON text never holds bare (RFC 8259, 7: control characters are
 * escaped), because COPY's text format would double every backslash.
 */
export function encodeNdjson({ columns, source }: ExportQuery): string {
  const list = columns.map(({ alias, json }) => `${json} as ${alias}`).join(', ')
  return `copy (select row_to_json(record) from (select ${list} ${source}) record) to stdout (format csv, quote E'\\x01', delimiter E'\\x02')`
}
