// COPY … (format binary) of text columns → rows: lengths and bytes, so that nothing has to be unescaped.
import { LadingError } from '../../errors/lading-error.ts'

/** The signature, a field of flags, and the length of an extension (PostgreSQL manual, COPY, "Binary Format"). */
const signature = Buffer.from('PGCOPY\n\xff\r\n\0', 'latin1')
const headerBytes = signature.length + 8
/** In place of a count of columns: the end. In place of a length: null. */
const mark = -1

/** Each value as PostgreSQL prints it; null for none. */
export type TextRow = readonly (string | null)[]

/**
 * Rows in batches of at most `batchRows`; what is complete is not held back until a batch is full.
 *
 * @throws LadingError `INTERNAL` if it is no such COPY, or has no end
 */
export async function* readCopyRows(
  chunks: AsyncIterable<Buffer>,
  batchRows: number,
): AsyncGenerator<readonly TextRow[]> {
  const reader = new RowReader()
  for await (const chunk of chunks) {
    reader.feed(chunk)
    for (let rows = reader.take(batchRows); rows.length > 0; rows = reader.take(batchRows)) yield rows
  }
  if (!reader.hasEnded) throw misread()
}

class RowReader {
  hasEnded = false
  private hasBegun = false
  /** From the beginning of the next row on. */
  private bytes: Buffer = Buffer.alloc(0)
  private at = 0
  /** What came behind them: joined only when there is enough, or a long row would be copied with each chunk. */
  private parts: Buffer[] = []
  private held = 0
  /** Bytes that the next row has at least. */
  private wanted = headerBytes

  feed(chunk: Buffer): void {
    this.parts.push(chunk)
    this.held += chunk.length
  }

  take(limit: number): readonly TextRow[] {
    const rows: TextRow[] = []
    while (rows.length < limit && this.has(this.wanted)) {
      if (!this.hasBegun) this.begin()
      else if (!this.readRow(rows)) break
    }
    return rows
  }

  private has(count: number): boolean {
    const rest = this.bytes.length - this.at
    if (rest >= count) return true
    if (rest + this.held < count) return false
    this.bytes = Buffer.concat([this.bytes.subarray(this.at), ...this.parts])
    this.at = 0
    this.parts = []
    this.held = 0
    return true
  }

  private begin(): void {
    const extension = this.bytes.readInt32BE(headerBytes - 4)
    if (!this.bytes.subarray(0, signature.length).equals(signature) || extension !== 0) throw misread()
    this.hasBegun = true
    this.at = headerBytes
    this.wanted = 2
  }

  /** False at the end of them. A row that is not complete only tells how much it wants. */
  private readRow(rows: TextRow[]): boolean {
    const { bytes } = this
    const count = bytes.readInt16BE(this.at)
    if (count === mark) {
      this.hasEnded = true
      return false
    }
    let end = this.at + 2
    for (let index = 0; index < count; index++) {
      const isKnown = end + 4 <= bytes.length
      end += 4 + (isKnown ? Math.max(0, bytes.readInt32BE(end)) : 0)
      if (isKnown && end <= bytes.length) continue
      this.wanted = end - this.at
      return true
    }
    rows.push(textsOf(bytes, this.at + 2, count))
    this.at = end
    this.wanted = 2
    return true
  }
}

function textsOf(bytes: Buffer, from: number, count: number): TextRow {
  const texts = new Array<string | null>(count)
  let at = from
  for (let index = 0; index < count; index++) {
    const length = bytes.readInt32BE(at)
    at += 4
    texts[index] = length === mark ? null : bytes.toString('utf8', at, at + length)
    if (length !== mark) at += length
  }
  return texts
}

function misread(): LadingError {
  return new LadingError('INTERNAL', 'What the database printed is no complete COPY in its binary format.')
}
