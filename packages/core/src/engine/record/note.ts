// Something to warn about, at its place in the file: it is counted with the batch that holds the place, or not at all.
import type { WarningCode } from '../../errors/warning-codes.ts'

/** Where a record begins. */
export interface Place {
  /** First byte in the decoded UTF-8 stream. */
  readonly offset: number
  /** Physical line, from 1. */
  readonly line: number
}

export interface Note {
  readonly code: WarningCode
  /** Row number of the record that it is about; 0: the file as a whole. */
  readonly rowNumber: number
  /** Of records that become no row: they take `count` row numbers from `rowNumber` on, and begin here. */
  readonly skipped?: Place
  /** A column or key, as the file names it. */
  readonly column?: string
  /** Name of a field. */
  readonly field?: string
  /** What it adds to the count of its warning. Absent: the warning has no count, and is given once. */
  readonly count?: number
  readonly example?: string
  /** The sentence of a warning that has no count. */
  readonly detail?: string
  /** `'unless withdrawn'`: it only holds at the end of the file, and only if no other note withdraws it. */
  readonly holds?: 'unless withdrawn' | 'withdrawn'
}

type Notes = readonly Note[] | undefined

/** Adds a note at the end. Skipped records that follow each other are one note: a file can have millions of them. */
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
