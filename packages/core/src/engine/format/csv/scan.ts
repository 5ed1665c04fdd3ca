// Bytes → ranges of cells: parses records strictly by the grammar of RFC 4180.
import { cellForm, cellNumbers, recordNumbers } from '../../record/cell-block.ts'

export interface Scan {
  /** Complete records. Their numbers are in the scanner's arrays until the next scan. */
  readonly count: number
  /** Bytes processed; the rest is the start of a record. */
  readonly consumed: number
  /** Line endings within `consumed`. */
  readonly lines: number
  /** Why the record after `consumed` is invalid, and the index where that is detected. */
  readonly fault: { readonly message: string; readonly at: number } | undefined
}

const quote = 0x22
const lf = 0x0a
const cr = 0x0d
const tab = 0x09

/** What a byte means within a cell. Higher than `isSpecial`: it ends an unquoted cell. */
const isSpecial = 1
const isDelimiter = 2
const isLf = 3
const isCr = 4
const isQuote = 5

/** Backslash, TAB and NUL need care in COPY. No byte of a multi-byte character is in the ASCII range (RFC 3629). */
function meanings(delimiter: number): Uint8Array {
  const table = new Uint8Array(256)
  for (const special of [0x5c, tab, 0x00]) table[special] = isSpecial
  table[delimiter] = isDelimiter
  table[lf] = isLf
  table[cr] = isCr
  table[quote] = isQuote
  return table
}

/** Scans the pieces of one file. Its arrays grow to what the largest piece needs. */
export class CsvScanner {
  /** See `CellBlockOptions`; row numbers are left out. */
  records = new Uint32Array(recordNumbers * 256)
  cells = new Uint32Array(cellNumbers * 2048)
  private readonly meaning: Uint8Array
  private cellCount = 0
  /** Line endings in the quoted cell that `closingQuote` passed, and its form. */
  private innerLines = 0
  private form = 0

  constructor(delimiter: string) {
    this.meaning = meanings(delimiter.charCodeAt(0))
  }

  /**
   * Finds every complete record of `bytes`. If nothing follows (`final`), the last record needs no line ending.
   * Otherwise `bytes` must not end with a CR, which an LF could follow.
   */
  scan(bytes: Uint8Array, final: boolean): Scan {
    const { meaning } = this
    const { length } = bytes
    let index = 0
    let lines = 0
    let consumed = 0
    let count = 0
    this.cellCount = 0
    const result = (fault?: Scan['fault']): Scan => ({ count, consumed, lines, fault })

    while (index < length) {
      const start = index
      const firstCell = this.cellCount
      let innerLines = 0
      for (;;) {
        if (bytes[index] === quote) {
          const from = index + 1
          const close = this.closingQuote(bytes, from)
          if (close === -1 || (close + 1 === length && !final)) {
            return final ? result({ message: 'A quoted cell is never closed', at: length }) : result()
          }
          innerLines += this.innerLines
          this.addCell(from, close, cellForm.quoted | this.form)
          index = close + 1
        } else {
          const from = index
          let found = 0
          let form = 0
          while (index < length) {
            found = meaning[bytes[index] as number] as number
            if (found > isSpecial) break
            if (found === isSpecial) form = cellForm.special
            index++
          }
          if (index < length && found === isQuote) {
            return result({ message: 'A quote appears inside an unquoted cell', at: index })
          }
          if (index === length && !final) return result()
          this.addCell(from, index, form)
        }

        if (index === length) break
        const next = meaning[bytes[index] as number]
        if (next === isDelimiter) {
          index++
          continue
        }
        if (next === isLf || next === isCr) break
        return result({ message: 'Text follows the closing quote of a cell', at: index })
      }

      this.addRecord(count++, start, index, lines, firstCell)
      lines += innerLines
      if (index < length) {
        index += bytes[index] === cr && bytes[index + 1] === lf ? 2 : 1
        lines++
      }
      consumed = index
    }
    return result()
  }

  private addCell(from: number, to: number, form: number): void {
    const at = this.cellCount++ * cellNumbers
    if (at === this.cells.length) this.cells = twiceAsLong(this.cells)
    this.cells[at] = from
    this.cells[at + 1] = to * 4 + form
  }

  private addRecord(index: number, start: number, end: number, line: number, firstCell: number): void {
    const at = index * recordNumbers
    if (at === this.records.length) this.records = twiceAsLong(this.records)
    this.records[at] = start
    this.records[at + 1] = end
    this.records[at + 2] = line
    this.records[at + 4] = firstCell
    this.records[at + 5] = this.cellCount - firstCell
  }

  /** Index of the quote that closes the cell that began before `from`, or -1. A doubled quote is data. */
  private closingQuote(bytes: Uint8Array, from: number): number {
    const { meaning } = this
    const { length } = bytes
    let lines = 0
    let form = 0
    let index = from
    for (; index < length; index++) {
      const found = meaning[bytes[index] as number] as number
      if (found === 0 || (found === isDelimiter && bytes[index] !== tab)) continue
      if (found === isQuote) {
        if (bytes[index + 1] !== quote) break
        index++
      }
      // LF, CR LF and CR are one line ending each.
      if (found === isLf || (found === isCr && bytes[index + 1] !== lf)) lines++
      form = cellForm.special
    }
    this.innerLines = lines
    this.form = form
    return index < length ? index : -1
  }
}

function twiceAsLong(full: Uint32Array): Uint32Array<ArrayBuffer> {
  const larger = new Uint32Array(full.length * 2)
  larger.set(full)
  return larger
}
