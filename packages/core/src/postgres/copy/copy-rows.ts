// COPY … (format binary) of text columns → rows. Lengths and bytes need no unescaping.
import { LadingError } from '../../errors/lading-error.ts'

/** The signature, a field of flags, and the length of an extension (PostgreSQL manual, COPY, "Binary Format"). */
const signature = Buffer.from('PGCOPY\n\xff\r\n\0', 'latin1')
const headerBytes = signature.length + 8
/** As a count of columns: the end. As a length: null. */
const marker = -1

/** Each value as PostgreSQL prints it, or null. */
export type TextRow = readonly (string | null)[]

/**
 * Yields rows in batches of at most `batchRows`; complete rows do not wait for a full batch.
 *
 * @throws LadingError `INTERNAL` if the data is not a binary COPY, or has no end marker
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
  if (!reader.hasEnded) throw invalidCopy()
}

class RowReader {
  hasEnded = false
  private hasHeader = false
  /** `bytes` from `at` on: the beginning of the next row. */
  private bytes: Buffer = Buffer.alloc(0)
  private offset = 0
  /** The chunks after `bytes`, joined only when there is enough: otherwise every chunk would copy a long row again. */
  private pendingChunks: Buffer[] = []
  private pendingBytes = 0
  /** Minimum length of the next row in bytes. */
  private neededBytes = headerBytes

  feed(chunk: Buffer): void {
    this.pendingChunks.push(chunk)
    this.pendingBytes += chunk.length
  }

  take(limit: number): readonly TextRow[] {
    const rows: TextRow[] = []
    while (rows.length < limit && this.has(this.neededBytes)) {
      if (!this.hasHeader) this.readHeader()
      else if (!this.readRow(rows)) break
    }
    return rows
  }

  private has(count: number): boolean {
    const rest = this.bytes.length - this.offset
    if (rest >= count) return true
    if (rest + this.pendingBytes < count) return false
    this.bytes = Buffer.concat([this.bytes.subarray(this.offset), ...this.pendingChunks])
    this.offset = 0
    this.pendingChunks = []
    this.pendingBytes = 0
    return true
  }

  private readHeader(): void {
    const extension = this.bytes.readInt32BE(headerBytes - 4)
    if (!this.bytes.subarray(0, signature.length).equals(signature) || extension !== 0) throw invalidCopy()
    this.hasHeader = true
    this.offset = headerBytes
    this.neededBytes = 2
  }

  /** Returns false at the end of the rows. An incomplete row only raises the number of bytes needed. */
  private readRow(rows: TextRow[]): boolean {
    const { bytes } = this
    const count = bytes.readInt16BE(this.offset)
    if (count === marker) {
      this.hasEnded = true
      return false
    }
    let end = this.offset + 2
    for (let index = 0; index < count; index++) {
      const isKnown = end + 4 <= bytes.length
      end += 4 + (isKnown ? Math.max(0, bytes.readInt32BE(end)) : 0)
      if (isKnown && end <= bytes.length) continue
      this.neededBytes = end - this.offset
      return true
    }
    rows.push(textsOf(bytes, this.offset + 2, count))
    this.offset = end
    this.neededBytes = 2
    return true
  }
}

function textsOf(bytes: Buffer, from: number, count: number): TextRow {
  const texts = new Array<string | null>(count)
  let offset = from
  for (let index = 0; index < count; index++) {
    const length = bytes.readInt32BE(offset)
    offset += 4
    texts[index] = length === marker ? null : bytes.toString('utf8', offset, offset + length)
    if (length !== marker) offset += length
  }
  return texts
}

function invalidCopy(): LadingError {
  return new LadingError('INTERNAL', 'The output of the database is not a complete binary COPY.')
}
