// The plan of one export: its query, and how its rows are written.
import type { EncodeOptions, ExportColumn, ExportQuery, Format } from '../../format/format.ts'
import type { Resource } from '../../resource/define.ts'
import type { CodecOf } from '../../value/codecs.ts'

/** How the rows are written, after checks. */
export interface OutputShape {
  readonly format: Format
  readonly encoding: EncodeOptions
  readonly compression: 'none' | 'gzip'
}

/** The parts of a query's `from` clause, to read its rows in another order. */
export interface RowSource {
  /** The table with the alias `t`. */
  readonly table: string
  /** Joins and conditions. */
  readonly joinsAndWhere: string
  readonly order: string
}

/** Everything that an export needs; independent of a connection, so several exports can share one. */
export interface ExportPlan {
  readonly resource: Resource
  /** The columns that the file has. */
  readonly query: ExportQuery
  /** The rows of the query, without its limit. */
  readonly rows: RowSource
  /** Additional columns that only `printRow` sees: it may need a field that was not requested. */
  readonly unprinted: readonly ExportColumn[]
  readonly shape: OutputShape
  /** The codec of each field, chosen by its column. */
  readonly codecOf: CodecOf
  /** Statements that set the application's variables in the transaction; empty for none. */
  readonly setupSql: string
}
