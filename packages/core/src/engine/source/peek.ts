// Reads the start of a file without consuming it.

/** Bytes read to detect the format. */
const maxPeek = 4096

/** Returns the first bytes of a file, at least `maxPeek` unless it is shorter, and a stream of the whole file. */
export async function peek(
  chunks: AsyncIterator<Buffer>,
): Promise<{ readonly start: Buffer; readonly whole: AsyncGenerator<Buffer> }> {
  let start: Buffer = Buffer.alloc(0)
  while (start.length < maxPeek) {
    const next = await chunks.next()
    if (next.done) break
    start = Buffer.concat([start, next.value])
  }
  async function* whole(): AsyncGenerator<Buffer> {
    try {
      yield start
      for (let next = await chunks.next(); !next.done; next = await chunks.next()) yield next.value
    } finally {
      await chunks.return?.()
    }
  }
  return { start, whole: whole() }
}
