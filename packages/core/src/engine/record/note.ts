// A note that leads to a warning, tied to a record: it is counted if and only if that record's batch is.
import type { WarningCode } from '../../errors/warning-codes.ts'

/** Where a record begins. */
export interface RecordLocation {
  /** First byte in the decoded UTF-8 stream. */
  readonly offset: number
  /** Physical line, from 1. */
  readonly line: number
}

export interface Note {
  readonly code: WarningCode
  /** Row number of the record that the note is about; 0 for the file as a whole. */
  readonly rowNumber: number
  /** Set for skipped records: where they begin. They occupy `count` row numbers from `rowNumber` on. */
  readonly skipped?: RecordLocation
  /** Column or key, as named in the file. */
  readonly column?: string
  /** Name of a field. */
  readonly field?: string
  /** Added to the count of the warning. If absent, the warning has no count and appears once. */
  readonly count?: number
  readonly example?: string
  /** Message of a warning without a count. */
  readonly detail?: string
  /** `'unless withdrawn'`: the note applies only at the end of the file, and only if no other note withdraws it. */
  readonly holds?: 'unless withdrawn' | 'withdrawn'
}

type Notes = readonly Note[] | undefined

/** Appends a note. Merges consecutive skipped records into one note, because a file can have millions of them. */
export function pushNote(notes: Note[], note: Note): void {
  const last = notes.at(-1)
  const isNext =
    last?.skipped && note.skipped && last.code === note.code && lastRow(last) + 1 === note.rowNumber
  if (isNext) notes[notes.length - 1] = { ...last, count: (last.count ?? 0) + (note.count ?? 0) }
  else notes.push(note)
}

/** The notes about records up to a row. */
export function notesUpTo(notes: Notes, rowNumber: number): readonly Note[] {
  return notes?.filter(note => note.rowNumber <= rowNumber) ?? []
}

/** The notes about records after a row. */
export function notesAfter(notes: Notes, rowNumber: number): readonly Note[] {
  return (notes ?? [])
    .filter(note => lastRow(note) > rowNumber)
    .map(note =>
      note.rowNumber > rowNumber
        ? note
        : { ...note, rowNumber: rowNumber + 1, count: lastRow(note) - rowNumber },
    )
}

/** Row number of the last record that a note is about. */
function lastRow({ rowNumber, skipped, count = 1 }: Note): number {
  return skipped === undefined ? rowNumber : rowNumber + count - 1
}
