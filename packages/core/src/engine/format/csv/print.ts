// Cells → a line of CSV, with the same quoting as COPY.

const quoteOrLineEnd = /["\n\r]/

/**
 * Follows CopyAttributeOutCSV in PostgreSQL's copyto.c: null is an empty cell, and empty text a quoted one. A line that
 * consists of `\.` alone is quoted, because older readers take it for the end of the data.
 */
export function printCells(cells: readonly (string | null)[], delimiter: string): string {
  const [only] = cells
  if (cells.length === 1 && only === '\\.') return '"\\."'
  let line = ''
  for (const [index, cell] of cells.entries()) {
    if (index > 0) line += delimiter
    if (cell !== null) line += printCell(cell, delimiter)
  }
  return line
}

function printCell(text: string, delimiter: string): string {
  if (text === '') return '""'
  if (!text.includes(delimiter) && !quoteOrLineEnd.test(text)) return text
  return `"${text.replaceAll('"', '""')}"`
}
