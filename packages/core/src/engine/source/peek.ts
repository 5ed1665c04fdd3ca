// The beginning of a file, looked at without being taken away.

/** Bytes in which the format is looked for. */
const maxPeek = 4096

/** The beginning of a file, and the file with its beginning. */
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
