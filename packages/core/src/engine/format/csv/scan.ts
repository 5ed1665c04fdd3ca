// Text → cells: parses records strictly by the grammar of RFC 4180.

export interface ScannedRecord {
  /** An empty cell is null if unquoted, and `''` if quoted. */
  readonly cells: (string | null)[]
  /** Index of the first character. */
  readonly start: number
  /** Index after the last character, without the line ending. */
  readonly end: number
  /** Physical line of the first character, from 0 at the start of the text. */
  readonly line: number
}

export interface Scan {
  readonly records: readonly ScannedRecord[]
  /** Characters processed; the rest is the start of a record. */
  readonly consumed: number
  /** Line endings within `consumed`. */
  readonly lines: number
  /** Why the record after `consumed` is invalid, and the index where that is detected. */
  readonly fault: { readonly message: string; readonly at: number } | undefined
}

const quote = 0x22
const lf = 0x0a
const cr = 0x0d

/**
 * Returns every complete record of `text`. If nothing follows (`final`), the last record needs no line ending.
 * Otherwise `text` must not end with a CR, which an LF could follow.
 */
export function scanCsv(text: string, delimiter: number, final: boolean): Scan {
  const records: ScannedRecord[] = []
  const length = text.length
  let index = 0
  let lines = 0
  let consumed = 0
  /** Number of cells in the previous record: the next one nearly always has the same. */
  let width = 0

  const result = (fault?: Scan['fault']): Scan => ({ records, consumed, lines, fault })

  while (index < length) {
    const start = index
    // Allocate the final size: an array that grows to 7 cells reserves memory for 17.
    const cells = new Array<string | null>(width)
    let count = 0
    let innerLines = 0

    for (;;) {
      if (text.charCodeAt(index) === quote) {
        const close = closingQuote(text, index + 1)
        if (close === -1 || (close + 1 === length && !final)) {
          if (!final) return result()
          return result({ message: 'A quoted cell is never closed', at: length })
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
          return result({ message: 'A quote appears inside an unquoted cell', at: index })
        }
        if (index === length && !final) return result()
        cells[count++] = index === from ? null : text.slice(from, index)
      }

      if (index === length) break
      const next = text.charCodeAt(index)
      if (next === delimiter) {
        index++
        continue
      }
      if (next === lf || next === cr) break
      return result({ message: 'Text follows the closing quote of a cell', at: index })
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
  return result()
}

/** Index of the quote that closes the cell that began before `from`, or -1. A doubled quote is data. */
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
