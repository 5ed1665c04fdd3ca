// Collects the COPY lines of a batch of rows, cell by cell, and takes a line back whose record cannot go on.
import { copyNull, copyValue } from '../../postgres/copy/copy-text.ts'
import type { CopyLines } from '../resource/row.ts'

const tab = 0x09
const lf = 0x0a
const nullCell = Buffer.from(copyNull)
/** From this length on, a call into the buffer costs less than a loop. */
const longCell = 200
/** Maximum bytes in UTF-8 for a UTF-16 unit. */
const bytesPerUnit = 3

export class LineWriter {
  private bytes = Buffer.allocUnsafeSlow(64 * 1024)
  private length = 0
  private ends = new Uint32Array(1024)
  private count = 0

  /** Begins a cell, which a TAB separates from the one before. */
  separate(): void {
    this.reserve(1)
    this.bytes[this.length++] = tab
  }

  /** Copies bytes that COPY reads as they are. */
  copy(source: Buffer, from: number, to: number): void {
    this.reserve(to - from)
    const { bytes, length } = this
    if (to - from < longCell) {
      for (let index = from, at = length; index < to; index++, at++) bytes[at] = source[index] as number
    } else source.copy(bytes, length, from, to)
    this.length = length + to - from
  }

  /** Encodes a text. @param isPlain it holds nothing that needs escaping */
  text(text: string, isPlain: boolean): void {
    const escaped = isPlain ? text : copyValue(text)
    this.reserve(escaped.length * bytesPerUnit)
    this.length += this.bytes.write(escaped, this.length)
  }

  null(): void {
    this.copy(nullCell, 0, nullCell.length)
  }

  /** @returns the index of the line */
  endLine(): number {
    this.reserve(1)
    this.bytes[this.length++] = lf
    if (this.count === this.ends.length) {
      const longer = new Uint32Array(this.count * 2)
      longer.set(this.ends)
      this.ends = longer
    }
    this.ends[this.count] = this.length
    return this.count++
  }

  /** Forgets the cells of the line that has not ended. */
  dropLine(): void {
    this.length = this.count === 0 ? 0 : (this.ends[this.count - 1] as number)
  }

  /** The lines so far; the writer is then empty. */
  take(): Pick<CopyLines, 'bytes' | 'ends'> {
    const taken = {
      bytes: Buffer.from(this.bytes.subarray(0, this.length)),
      ends: this.ends.slice(0, this.count),
    }
    this.length = 0
    this.count = 0
    return taken
  }

  private reserve(count: number): void {
    const needed = this.length + count
    if (needed <= this.bytes.length) return
    const larger = Buffer.allocUnsafeSlow(Math.max(needed, this.bytes.length * 2))
    this.bytes.copy(larger, 0, 0, this.length)
    this.bytes = larger
  }
}
