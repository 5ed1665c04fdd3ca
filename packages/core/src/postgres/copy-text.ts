// Row ↔ COPY line: the text format of COPY (PostgreSQL manual, COPY, "Text Format"), packed into large chunks.

const special = /[\\\t\n\r]/

const escapes: Readonly<Record<string, string>> = { '\\': '\\\\', '\t': '\\t', '\n': '\\n', '\r': '\\r' }

/**
 * One value, escaped. With every backslash doubled no line can be `\.`, which would end the COPY early and drop
 * all that follows without an error.
 */
export function copyValue(text: string): string {
  return special.test(text) ? text.replace(/[\\\t\n\r]/g, character => escapes[character] ?? character) : text
}

/** How text COPY writes null. */
export const copyNull = '\\N'

/** Packs lines into chunks of about `chunkBytes`: row-sized writes into COPY starve the event loop. */
export function packLines(lines: Iterable<string>, chunkBytes: number): Buffer[] {
  const chunks: Buffer[] = []
  let pending = ''
  for (const line of lines) {
    pending += line
    if (pending.length >= chunkBytes) {
      chunks.push(Buffer.from(pending))
      pending = ''
    }
  }
  if (pending !== '') chunks.push(Buffer.from(pending))
  return chunks
}
