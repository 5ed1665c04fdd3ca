// One record as a decoder found it: still text (CSV) or parsed JSON, with its place in the file.
import type { LadingError } from '../../errors/lading-error.ts'

export interface SourceRecord {
  /** CSV: ordinal with the header and blank records, so that the first one is usually 2. NDJSON: physical line. JSON arrays and objects: ordinal from 1. */
  readonly rowNumber: number
  /** Physical line on which the record begins, from 1. */
  readonly line: number
  /** First byte in the decoded UTF-8 stream. */
  readonly offset: number
  /** Bytes, without the line ending. */
  readonly length: number
  /** The record as it stands in the file, without the line ending. */
  readonly raw: string
  /**
   * CSV: cells in the order of the header, null where a cell is empty and unquoted. JSON: the object. Undefined
   * where `problem` says why there is none.
   *
   * Taken away once it has become a row: a record waits for its batch, and memory is what that costs.
   */
  content: (string | null)[] | Readonly<Record<string, unknown>> | undefined
  /** Why the record never became fields. */
  readonly problem: RecordProblem | undefined
}

export interface RecordProblem {
  readonly code: string
  readonly message: string
  /** Why the whole file is refused in place of the record, if it is the only one in it. */
  readonly ifAlone?: LadingError | undefined
}
