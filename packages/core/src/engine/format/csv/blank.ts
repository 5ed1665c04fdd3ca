// Decides which scanned records to skip: empty lines, and records without any value.
import type { Header } from '../../record/record-batch.ts'
import type { ScannedRecord } from './scan.ts'

/** An empty line is not a record, except in a file with a single column: there it is an empty cell. */
export function isBlankLine({ start, end, cells }: ScannedRecord, header: Header | undefined): boolean {
  return start === end && cells.length === 1 && header?.cells.length !== 1
}

/** Spreadsheets write rows without a value as `,,`. A quoted empty cell counts as a value, and so does a space. */
export function isBlankRecord({ cells }: ScannedRecord, header: Header | undefined): boolean {
  return (
    cells[0] === null && cells.length > 1 && header?.cells.length !== 1 && cells.every(cell => cell === null)
  )
}
