// The output of a decoder: records, the position reached, and the fault if the file is broken.
import type { LadingError } from '../../errors/lading-error.ts'
import type { Note } from './note.ts'
import type { SourceRecord } from './source-record.ts'

/** A position between two records in the decoded UTF-8 stream, at which a reader can resume. */
export interface Position {
  /** Bytes before the next record. */
  readonly byte: number
  /** Row number of the last record before this position; 0 at the start. */
  readonly rowNumber: number
  /** Physical lines before this position. */
  readonly line: number
  /** JSON arrays: what must come next, unless it is an element. */
  readonly expects?: 'array' | 'first element' | 'comma' | 'nothing'
}

/** The first record of a CSV file, and its dialect. */
export interface Header {
  readonly cells: readonly (string | null)[]
  /** The record as written in the file, without the line ending. */
  readonly text: string
  /** The character between two cells. */
  readonly delimiter: string
  /** The `sep=` line as written in the file, without the line ending. */
  readonly directive: string | undefined
}

export interface RecordBatch {
  /** Present in the batch that contains the header of a CSV file. */
  readonly header?: Header
  readonly records: readonly SourceRecord[]
  /** All text of the records and their cells is ASCII. Absent if not checked. */
  readonly isAscii?: boolean | undefined
  readonly end: Position
  /** Notes of the decoder that are neither faults nor about a record in `records`. */
  readonly notes?: readonly Note[]
  /**
   * Why the file cannot be read beyond `end`. It is reported in band after the good records instead of thrown, so that
   * the records before it do not depend on chunk boundaries.
   */
  readonly fault?: LadingError
}
