// CSV records as ranges of the bytes that they were read from: a text is made only of a cell that is asked for.
import type { SourceRecord } from './source-record.ts'

/** Bits of a cell's form, which `cells` holds below the end of its range. */
export const cellForm = {
  /** The cell was quoted; its range is what stands between the quotes. */
  quoted: 1,
  /** The range holds a character that COPY escapes, a doubled quote, or a NUL. */
  special: 2,
} as const

const lastAscii = 0x7f

/** Only a cell of this form can hold a doubled quote. */
const doubledForm = cellForm.quoted | cellForm.special

/** Numbers of one record in `records`: where it starts and ends, its first cell, and so on. */
export const recordNumbers = 6
/** Numbers of one cell in `cells`: where its range starts; where it ends, times four, plus its form. */
export const cellNumbers = 2

export interface CellBlockOptions {
  readonly bytes: Buffer
  readonly isAscii: boolean
  /** By record: start, end, lines before it, row numbers before it, first cell, count of cells. */
  readonly records: Uint32Array
  readonly cells: Uint32Array
  /** Of the first byte: its offset in the file, the lines and the records before it. */
  readonly position: { readonly byte: number; readonly line: number; readonly rowNumber: number }
  /** Reads a text as another one, as the formula guard of Excel asks for. @defaultValue the text itself */
  readonly respell?: ((text: string) => string) | undefined
}

export class CellBlock {
  readonly bytes: Buffer
  readonly isAscii: boolean
  readonly cells: Uint32Array
  readonly position: CellBlockOptions['position']
  readonly respell: CellBlockOptions['respell']
  private readonly numbers: Uint32Array
  private latin1: string | undefined

  constructor({ bytes, isAscii, records, cells, position, respell }: CellBlockOptions) {
    this.bytes = bytes
    this.isAscii = isAscii
    this.cells = cells
    this.numbers = records
    this.position = position
    this.respell = respell
  }

  records(): CellRecord[] {
    const count = this.numbers.length / recordNumbers
    const records = new Array<CellRecord>(count)
    for (let index = 0; index < count; index++) records[index] = new CellRecord(this, index)
    return records
  }

  /** A number of a record, by its place among `recordNumbers`. */
  number(record: number, place: number): number {
    return this.numbers[record * recordNumbers + place] ?? 0
  }

  /** The text of bytes that begin and end between two characters. */
  text(from: number, to: number): string {
    return this.isAsciiRange(from, to) ? this.asciiText(from, to) : this.bytes.toString('utf8', from, to)
  }

  isAsciiRange(from: number, to: number): boolean {
    if (this.isAscii) return true
    for (let index = from; index < to; index++) if ((this.bytes[index] as number) > lastAscii) return false
    return true
  }

  /** The text of bytes that are ASCII. */
  asciiText(from: number, to: number): string {
    // One string for all of them: a slice of it costs a fifth of a call into the buffer.
    this.latin1 ??= this.bytes.toString('latin1')
    return this.latin1.slice(from, to)
  }

  /** The text of a cell. @param end as `cells` holds it, with the cell's form */
  rangeText(from: number, end: number): string {
    const text = this.text(from, end >>> 2)
    const isDoubled = (end & doubledForm) === doubledForm && text.includes('"')
    return isDoubled ? text.replaceAll('""', '"') : text
  }

  /** An empty cell is null if unquoted, and `''` if quoted. */
  cellText(cell: number): string | null {
    const from = this.cells[cell * cellNumbers] ?? 0
    const end = this.cells[cell * cellNumbers + 1] ?? 0
    if (from === end >>> 2 && (end & cellForm.quoted) === 0) return null
    const text = this.rangeText(from, end)
    return this.respell === undefined ? text : this.respell(text)
  }
}

export class CellRecord implements SourceRecord {
  readonly problem = undefined

  constructor(
    readonly block: CellBlock,
    readonly index: number,
  ) {}

  get rowNumber(): number {
    return this.block.position.rowNumber + this.block.number(this.index, 3)
  }

  get line(): number {
    return this.block.position.line + this.block.number(this.index, 2) + 1
  }

  get offset(): number {
    return this.block.position.byte + this.block.number(this.index, 0)
  }

  get length(): number {
    return this.block.number(this.index, 1) - this.block.number(this.index, 0)
  }

  get raw(): string {
    return this.block.text(this.block.number(this.index, 0), this.block.number(this.index, 1))
  }

  get firstCell(): number {
    return this.block.number(this.index, 4)
  }

  get cellCount(): number {
    return this.block.number(this.index, 5)
  }

  /** Made for each call. */
  get content(): (string | null)[] {
    const { firstCell, cellCount, block } = this
    const cells = new Array<string | null>(cellCount)
    for (let index = 0; index < cellCount; index++) cells[index] = block.cellText(firstCell + index)
    return cells
  }

  /** The ranges are kept with the bytes of the block, so there is nothing to clear. */
  set content(_: SourceRecord['content']) {}
}
