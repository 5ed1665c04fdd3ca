// A select → the COPY statement that prints it as NDJSON; also prints the same lines for rows that pass through Node.
import type { ExportQuery, FileColumn, RowPrinter } from '../format.ts'

/**
 * Uses COPY's CSV format, because its text format would double every backslash. The quote and the delimiter are control
 * characters, which JSON text never contains unescaped (RFC 8259, 7). `record.*` means the row, while `record` alone
 * could mean a column of that name.
 */
export function encodeNdjson({ columns, source }: ExportQuery): string {
  const list = columns.map(({ alias, json }) => `${json} as ${alias}`).join(', ')
  return `copy (select row_to_json(record.*) from (select ${list} ${source}) record) to stdout (format csv, quote E'\\x01', delimiter E'\\x02')`
}

/** Prints the same bytes as that COPY statement; the values are already JSON text. */
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
