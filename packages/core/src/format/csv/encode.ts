// A select → the COPY that prints it as CSV: null as an empty cell, `''` as `""`, the header first.
import type { ExportQuery } from '../format.ts'

/** COPY's own CSV is RFC 4180 with LF, and tells null from `''` by the quotes (PostgreSQL manual, COPY, "CSV Format"). */
export function encodeCsv({ columns, source }: ExportQuery): string {
  const list = columns.map(({ alias, csv }) => `${csv} as ${alias}`).join(', ')
  return `copy (select ${list} ${source}) to stdout (format csv, header true)`
}
