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
export function packLines(lines: Iterable<string>, chunkBytes: number): Buffer[] {
  const chunks: Buffer[] = []
  let chunk = Buffer.allocUnsafe(0)
  let length = 0
  for (const line of lines) {
    const needed = line.length * bytesPerUnit + 1
    if (length + needed > chunk.length) {
      if (length > 0) chunks.push(chunk.subarray(0, length))
      chunk = Buffer.allocUnsafe(Math.max(chunkBytes, needed))
      length = 0
    }
    length += chunk.write(line, length)
    chunk[length++] = 0x0a
  }
  if (length > 0) chunks.push(chunk.subarray(0, length))
  return chunks
}
