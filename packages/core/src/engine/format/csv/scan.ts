// Text → cells: the grammar of RFC 4180, strictly, one record after the other.

export interface ScannedRecord {
  /** An empty cell is null when it is bare, and `''` when it is quoted. */
  readonly cells: (string | null)[]
  /** Index of the first character. */
  readonly start: number
  /** Index behind the last character, before the line ending. */
  readonly end: number
  /** Physical line of the first character, counted from the start of the text. */
  readonly line: number
}

export interface Scan {
  readonly records: readonly ScannedRecord[]
  /** Characters that are done with; the rest is the beginning of a record. */
  readonly consumed: number
  /** Line endings within `consumed`. */
  readonly lines: number
  /** Why the record behind `consumed` cannot be read, and the index at which that shows. */
  readonly fault: { readonly message: string; readonly at: number } | undefined
}

const quote = 0x22
const lf = 0x0a
const cr = 0x0d

/**
 * Every record of `text` that is complete; the last one also without a line ending if nothing follows (`final`).
 * A text that something follows does not end with a CR, which would be one line ending with an LF behind it.
 */
export function scanCsv(text: string, delimiter: number, final: boolean): Scan {
  const records: ScannedRecord[] = []
  const length = text.length
  let index = 0
  let lines = 0
  let consumed = 0
  /** Cells of the record before: nearly always as many as the next one has. */
  let width = 0

  const done = (fault?: Scan['fault']): Scan => ({ records, consumed, lines, fault })

  while (index < length) {
    const start = index
    // Of its final size at once: an array that grows to 7 cells takes room for 17.
    const cells = new Array<string | null>(width)
    let count = 0
    let innerLines = 0

    for (;;) {
      if (text.charCodeAt(index) === quote) {
        const close = closingQuote(text, index + 1)
        if (close === -1 || (close + 1 === length && !final)) {
          if (!final) return done()
          return done({ message: 'A quoted cell is never closed', at: length })
        }
        const cell = text.slice(index + 1, close)
        innerLines += countLines(cell)
        cells[count++] = cell.includes('"') ? cell.replaceAll('""', '"') : cell
        index = close + 1
      } else {
        const from = index
        let code = 0
        while (index < length) {
          code = text.charCodeAt(index)
          if (code === delimiter || code === lf || code === cr || code === quote) break
          index++
        }
        if (index < length && code === quote) {
          return done({ message: 'A quote stands inside of a cell that is not quoted', at: index })
        }
        if (index === length && !final) return done()
        cells[count++] = index === from ? null : text.slice(from, index)
      }

      if (index === length) break
      const next = text.charCodeAt(index)
      if (next === delimiter) {
        index++
        continue
      }
      if (next === lf || next === cr) break
      return done({ message: 'Text follows the closing quote of a cell', at: index })
    }

    cells.length = count
    width = count
    records.push({ cells, start, end: index, line: lines })
    lines += innerLines
    if (index < length) {
      index += text.charCodeAt(index) === cr && text.charCodeAt(index + 1) === lf ? 2 : 1
      lines++
    }
    consumed = index
  }
  return done()
}

/** Index of the quote that closes the cell which began before `from`, or -1. Two quotes are one that is data. */
function closingQuote(text: string, from: number): number {
  for (let at = text.indexOf('"', from); at !== -1; at = text.indexOf('"', at + 2)) {
    if (text.charCodeAt(at + 1) !== quote) return at
  }
  return -1
}

/** Line endings in a quoted cell: LF, CR LF and CR are one each. */
function countLines(cell: string): number {
  let count = 0
  for (let index = 0; index < cell.length; index++) {
    const code = cell.charCodeAt(index)
    if (code === lf || (code === cr && cell.charCodeAt(index + 1) !== lf)) count++
  }
  return count
}
