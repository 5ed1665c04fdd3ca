// The contract of a file format: bytes to records on the way in, a select to a COPY statement on the way out.
import type { RecordBatch } from '../record/record-batch.ts'

export interface DecodeOptions {
  /** Bytes of the longest record. */
  readonly maxRecordBytes: number
  /** Columns of the widest header; formats without a header ignore it. */
  readonly maxColumns: number
}

/** One column of an export, with its value as SQL for each way of printing. */
export interface ExportColumn {
  /** The field's name, quoted as an identifier. */
  readonly alias: string
  readonly csv: string
  readonly json: string
}

export interface ExportQuery {
  readonly columns: readonly ExportColumn[]
  /** `from … where … order by …`, complete. */
  readonly source: string
}

/**
 * A file format. Implementations hold no state: each call of `decode` is a run of its own, and calling it twice
 * with the same bytes gives the same records, however the bytes are cut into chunks.
 */
export interface Format {
  readonly name: string
  /** Media type of a file in this format (RFC 6838). */
  readonly mediaType: string
  /** What records hold: text that has to be parsed, or JSON values that have a type already. */
  readonly values: 'text' | 'json'
  /** File name endings, with the dot, in lower case. */
  readonly extensions: readonly string[]
  /** Records of `chunks`. Faults of the file come in band (see `RecordBatch.fault`); only the source's own errors throw. */
  decode(chunks: AsyncIterable<Buffer>, options: DecodeOptions): AsyncIterable<RecordBatch>
  /** The COPY … TO STDOUT that makes PostgreSQL print the file itself. */
  encode(query: ExportQuery): string
}
