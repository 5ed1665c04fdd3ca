// One object per line, as PostgreSQL prints them → one JSON array, chunk by chunk.

/**
 * Puts brackets around the lines and commas between them. Latin-1 maps each byte to a character, so string functions
 * can process any bytes; they are many times faster than a loop.
 */
export async function* frameArray(printed: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let hasStarted = false
  /** The last line has ended; whether another one follows is not known yet. */
  let isAfterLine = false
  for await (const chunk of printed) {
    if (chunk.length === 0) continue
    const lines = chunk.toString('latin1')
    const endsLine = lines.endsWith('\n')
    const body = (endsLine ? lines.slice(0, -1) : lines).replaceAll('\n', ',\n')
    yield Buffer.from(`${hasStarted ? '' : '['}${isAfterLine ? ',\n' : ''}${body}`, 'latin1')
    hasStarted = true
    isAfterLine = endsLine
  }
  yield Buffer.from(hasStarted ? ']\n' : '[]')
}
