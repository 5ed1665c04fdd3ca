// Which scanned records are none: lines without a character, and records that hold no value at all.
import type { Header } from '../../record/record-batch.ts'
import type { ScannedRecord } from './scan.ts'

/** A line without a character is no record, but where there is a single column: there it is an empty cell. */
export function isBlankLine({ start, end, cells }: ScannedRecord, header: Header | undefined): boolean {
  return start === end && cells.length === 1 && header?.cells.length !== 1
}

/** Spreadsheets write rows without a value as `,,`. A quoted empty cell is a value, and so is a space. */
export function isBlankRecord({ cells }: ScannedRecord, header: Header | undefined): boolean {
  return (
    cells[0] === null && cells.length > 1 && header?.cells.length !== 1 && cells.every(cell => cell === null)
  )
}
