// A select → the COPY that prints it as NDJSON, and the same lines for rows that come through Node.
import type { ExportQuery, FileColumn, RowPrinter } from '../format.ts'

/**
 * CSV format with a quote and a delimiter that JSON text never holds bare (RFC 8259, 7: control characters are
 * escaped), because COPY's text format would double every backslash. The star means the row, where the bare name
 * would mean a column that is called `record`.
 */
export function encodeNdjson({ columns, source }: ExportQuery): string {
  const list = columns.map(({ alias, json }) => `${json} as ${alias}`).join(', ')
  return `copy (select row_to_json(record.*) from (select ${list} ${source}) record) to stdout (format csv, quote E'\\x01', delimiter E'\\x02')`
}

/** Prints what that COPY would: values are JSON text already. */
export function ndjsonPrinter(columns: readonly FileColumn[]): RowPrinter {
  const beginnings = columns.map(({ name }, index) => `${index === 0 ? '{' : ','}${JSON.stringify(name)}:`)
  return {
    beginning: '',
    row(values) {
      let line = ''
      for (const [index, beginning] of beginnings.entries()) line += beginning + (values[index] ?? 'null')
      return `${line}}\n`
    },
  }
}
