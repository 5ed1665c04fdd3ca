// What was asked + the table → the plan of one export: the select, and how its rows are written.
import type { EncodeOptions, ExportColumn, ExportQuery, Format } from '../../format/format.ts'
import type { Resource } from '../../resource/define.ts'
import type { CodecOf } from '../../value/codecs.ts'

/** How the rows are written, checked. */
export interface Shape {
  readonly format: Format
  readonly encoding: EncodeOptions
  readonly compression: 'none' | 'gzip'
}

/** The rows of a query, in pieces, for whoever wants them in another order. */
export interface RowSource {
  /** As `t`. */
  readonly table: string
  /** Joins and conditions. */
  readonly narrowed: string
  readonly order: string
}

/** Everything that an export needs to know; nothing in it depends on a connection, so that several can share one. */
export interface ExportPlan {
  readonly resource: Resource
  /** The columns that the file has. */
  readonly query: ExportQuery
  /** What the query reads, without its limit. */
  readonly rows: RowSource
  /** Further columns that only `printRow` sees: it may need a field that nobody asked for. */
  readonly unprinted: readonly ExportColumn[]
  readonly shape: Shape
  /** The codec of each field by the column that carries it. */
  readonly codecOf: CodecOf
  /** Statements that set what the application wants set in the transaction; empty for none. */
  readonly settings: string
}
