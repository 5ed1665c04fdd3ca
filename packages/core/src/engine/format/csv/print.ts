// Cells → a line of CSV, quoted exactly where COPY quotes.

const quoteOrLineEnd = /["\n\r]/

/**
 * As CopyAttributeOutCSV in PostgreSQL's copyto.c: null is an empty cell, the empty text a quoted one, and a line
 * that would hold nothing but `\.` is quoted, because readers of old take it for the end.
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
