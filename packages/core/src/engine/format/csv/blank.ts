// Decides which scanned records to skip: empty lines, and records without any value.
import { cellForm, cellNumbers } from '../../record/cell-block.ts'

/** An empty line is not a record, except in a file with a single column: there it is an empty cell. */
export function isBlankLine(cellCount: number, headerWidth: number | undefined): boolean {
  return cellCount === 1 && headerWidth !== 1
}

/** Spreadsheets write rows without a value as `,,`. A quoted empty cell counts as a value, and so does a space. */
export function isBlankRecord(cells: Uint32Array, firstCell: number, cellCount: number): boolean {
  if (cellCount < 2) return false
  for (let cell = firstCell; cell < firstCell + cellCount; cell++) {
    const from = cells[cell * cellNumbers] as number
    const end = cells[cell * cellNumbers + 1] as number
    if (end >>> 2 !== from || (end & cellForm.quoted) !== 0) return false
  }
  return true
}
