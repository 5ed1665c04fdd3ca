// A select → the COPY statement that prints it as CSV; also prints the same lines for rows that pass through Node.
import type { EncodeOptions, ExportQuery, FileColumn, RowPrinter } from '../format.ts'
import { guard } from './formula-guard.ts'
import { guardSql } from './guard-sql.ts'
import { printCells } from './print.ts'

/**
 * COPY's CSV is RFC 4180 with LF. Quotes distinguish `''` from null (PostgreSQL manual, COPY, "CSV Format"). For Excel,
 * a later pass adds the rest and the header, because a guarded name can exceed the length of an identifier.
 */
export function encodeCsv({ columns, source }: ExportQuery, options: EncodeOptions = {}): string {
  const { delimiter = ',', excel = false } = options
  const list = columns.map(({ alias, csv }) => `${csv} as ${alias}`).join(', ')
  const select = excel ? guardColumns(columns, `select ${list} ${source}`) : `select ${list} ${source}`
  // One of four characters, none of which is special in a literal.
  const delimiterOption = delimiter === ',' ? '' : `, delimiter '${delimiter}'`
  return `copy (${select}) to stdout (format csv, header ${printsHeader(options)}${delimiterOption})`
}

/** Wraps the select in a subquery, so that each value is computed once. The order of the subquery is preserved. */
function guardColumns(columns: ExportQuery['columns'], select: string): string {
  const list = columns.map(({ alias, isText }) => (isText ? `${guardSql(alias)} as ${alias}` : alias))
  return `select ${list.join(', ')} from (${select}) printed`
}

/** For Excel, the later pass prints the header. */
function printsHeader({ header = true, excel = false }: EncodeOptions): boolean {
  return header && !excel
}

/** Prints the same bytes as that COPY statement. */
export function csvPrinter(columns: readonly FileColumn[], options: EncodeOptions): RowPrinter {
  const { delimiter = ',', excel = false } = options
  const names = columns.map(({ name }) => name)
  const line = (cells: readonly (string | null)[]) => `${printCells(cells, delimiter)}\n`
  const safe = (cell: string | null, index: number) =>
    cell !== null && columns[index]?.isText ? guard(cell) : cell
  return {
    beginning: printsHeader(options) ? line(names) : '',
    row: excel ? cells => line(cells.map(safe)) : line,
  }
}
