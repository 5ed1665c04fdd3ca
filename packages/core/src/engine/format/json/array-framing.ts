// Objects by line, as PostgreSQL prints them → one JSON array, chunk by chunk.

/**
 * Puts brackets around the lines and commas between them. Latin-1 has a character for each byte, so that text
 * functions, which are many times faster than a loop, do the work on bytes of any meaning.
 */
export async function* frameArray(printed: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let begun = false
  /** A line has ended, and whether another one follows is not known. */
  let isBetween = false
  for await (const chunk of printed) {
    if (chunk.length === 0) continue
    const lines = chunk.toString('latin1')
    const endsLine = lines.endsWith('\n')
    const body = (endsLine ? lines.slice(0, -1) : lines).replaceAll('\n', ',\n')
    yield Buffer.from(`${begun ? '' : '['}${isBetween ? ',\n' : ''}${body}`, 'latin1')
    begun = true
    isBetween = endsLine
  }
  yield Buffer.from(begun ? ']\n' : '[]')
}
