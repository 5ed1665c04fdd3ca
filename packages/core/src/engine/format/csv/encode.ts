// A select → the COPY that prints it as CSV, and the same lines for rows that come through Node.
import type { EncodeOptions, ExportQuery, FileColumn, RowPrinter } from '../format.ts'
import { guard } from './formula-guard.ts'
import { guardSql } from './guard-sql.ts'
import { printCells } from './print.ts'

/**
 * COPY's own CSV is RFC 4180 with LF, and tells null from `''` by the quotes (PostgreSQL manual, COPY, "CSV Format").
 * The rest of what Excel wants is a pass behind it, the header too: a guard may make it longer than a name can be.
 */
export function encodeCsv({ columns, source }: ExportQuery, options: EncodeOptions = {}): string {
  const { delimiter = ',', excel = false } = options
  const list = columns.map(({ alias, csv }) => `${csv} as ${alias}`).join(', ')
  const select = excel ? guarded(columns, `select ${list} ${source}`) : `select ${list} ${source}`
  // One of four characters, none of which means anything in a literal.
  const between = delimiter === ',' ? '' : `, delimiter '${delimiter}'`
  return `copy (${select}) to stdout (format csv, header ${printsHeader(options)}${between})`
}

/** Around the select, so that each value is printed once; its order stays, since it is a subquery with one. */
function guarded(columns: ExportQuery['columns'], select: string): string {
  const list = columns.map(({ alias, isText }) => (isText ? `${guardSql(alias)} as ${alias}` : alias))
  return `select ${list.join(', ')} from (${select}) printed`
}

/** Where Excel is meant, the header is printed by the pass behind. */
function printsHeader({ header = true, excel = false }: EncodeOptions): boolean {
  return header && !excel
}

/** Prints what that COPY would. */
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
