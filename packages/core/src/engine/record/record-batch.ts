// What a decoder hands on: some records, the place it has reached, and at the end of a broken file why it broke.
import type { LadingError } from '../../errors/lading-error.ts'
import type { Note } from './note.ts'
import type { SourceRecord } from './source-record.ts'

/** A place between two records of the decoded UTF-8 stream: where a reader can begin again. */
export interface Position {
  /** Bytes before the next record. */
  readonly byte: number
  /** Row number of the last record before this place; 0 at the start. */
  readonly rowNumber: number
  /** Physical lines before this place. */
  readonly line: number
  /** JSON arrays: what must come first, where it is not an element. */
  readonly expects?: 'array' | 'first element' | 'comma' | 'nothing'
}

/** The first record of a CSV file, and how the file is to be written. */
export interface Header {
  readonly cells: readonly (string | null)[]
  /** The record as it stands in the file, without the line ending. */
  readonly text: string
  /** What stands between two cells. */
  readonly delimiter: string
  /** The `sep=` line as it stands in the file, without the line ending. */
  readonly directive: string | undefined
}

export interface RecordBatch {
  /** In the batch that holds the first record of a CSV file. */
  readonly header?: Header
  readonly records: readonly SourceRecord[]
  /** All text of the records is ASCII, and what the cells hold with it. Absent: nobody looked. */
  readonly isAscii?: boolean | undefined
  readonly end: Position
  /** What the decoder has to say that is no fault, and of no record that it hands on. */
  readonly notes?: readonly Note[]
  /**
   * Why the file cannot be read beyond `end`. It comes in band, behind the good records, and not as a thrown
   * error: which records come before it must not depend on how the file was cut into chunks.
   */
  readonly fault?: LadingError
}
