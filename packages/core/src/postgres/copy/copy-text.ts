// Row ↔ COPY line: the text format of COPY (PostgreSQL manual, COPY, "Text Format"), packed into large chunks.

const special = /[\\\t\n\r]/

const escapes: Readonly<Record<string, string>> = { '\\': '\\\\', '\t': '\\t', '\n': '\\n', '\r': '\\r' }

/**
 * Escapes one value. Doubled backslashes rule out a line `\.`, which would end the COPY early and drop everything after
 * it without an error.
 */
export function copyValue(text: string): string {
  return special.test(text) ? text.replace(/[\\\t\n\r]/g, character => escapes[character] ?? character) : text
}

/** Null in text COPY. */
export const copyNull = '\\N'

/** Maximum bytes in UTF-8 for a character of a JavaScript string (a UTF-16 unit). */
const bytesPerUnit = 3

/**
 * Packs lines into chunks of about `chunkBytes`: row-sized writes into COPY starve the event loop. Each line goes
 * straight into its chunk; joining the lines first would hold every byte three times.
 */
export class LinePacker {
  private readonly chunks: Buffer[] = []
  private chunk = Buffer.allocUnsafe(0)
  private length = 0

  constructor(private readonly chunkBytes: number) {}

  /** Adds a line, given without its line ending. */
  add(line: string): void {
    this.reserve(line.length * bytesPerUnit + 1)
    this.length += this.chunk.write(line, this.length)
    this.chunk[this.length++] = 0x0a
  }

  /** Adds encoded bytes. Many at once become a chunk of their own, without a copy. */
  addBytes(bytes: Buffer): void {
    if (bytes.length >= this.chunkBytes) {
      this.flush()
      this.chunks.push(bytes)
      return
    }
    this.reserve(bytes.length)
    this.length += bytes.copy(this.chunk, this.length)
  }

  finish(): Buffer[] {
    this.flush()
    return this.chunks
  }

  private reserve(needed: number): void {
    if (this.length + needed <= this.chunk.length) return
    this.flush()
    this.chunk = Buffer.allocUnsafe(Math.max(this.chunkBytes, needed))
  }

  private flush(): void {
    if (this.length > 0) this.chunks.push(this.chunk.subarray(0, this.length))
    this.chunk = Buffer.allocUnsafe(0)
    this.length = 0
  }
}
