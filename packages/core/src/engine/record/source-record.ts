// One record from a decoder: text cells (CSV) or parsed JSON, with its position in the file.
import type { LadingError } from '../../errors/lading-error.ts'

export interface SourceRecord {
  /** CSV: ordinal, counting the header and blank records, so the first one is usually 2. NDJSON: physical line. JSON arrays and objects: ordinal from 1. */
  readonly rowNumber: number
  /** Physical line on which the record begins, from 1. */
  readonly line: number
  /** First byte in the decoded UTF-8 stream. */
  readonly offset: number
  /** Length in bytes, without the line ending. */
  readonly length: number
  /** The record as written in the file, without the line ending. */
  readonly raw: string
  /**
   * CSV: cells in header order, null for an empty unquoted cell. JSON: the object. Undefined if `problem` is set.
   *
   * Cleared once the record has become a row, to save memory while the record waits for its batch.
   */
  content: (string | null)[] | Readonly<Record<string, unknown>> | undefined
  /** Why the record could not be decoded. */
  readonly problem: RecordProblem | undefined
}

export interface RecordProblem {
  readonly code: string
  readonly message: string
  /** Fault of the whole file, if this is the only record in it. It replaces the record error. */
  readonly fileFault?: LadingError | undefined
}
