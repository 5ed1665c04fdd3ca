// First bytes that prove a file to be something else than text, whatever its name says.
import { LadingError } from '../../../errors/lading-error.ts'
import { bytesNeeded, foreignKind, foreignSentence } from './foreign.ts'

/** What is known of gzip data: that it must come, that nobody spoke of it, or that it is inside of other gzip data. */
export type Gzip = 'announced' | 'unannounced' | 'nested'

/**
 * Passes chunks on, once their first bytes may be text, or gzip data that was announced.
 *
 * @throws LadingError `FORMAT_UNSUPPORTED` saying what the file is.
 */
export async function* refuseForeign(
  chunks: AsyncIterable<Buffer>,
  gzip: Gzip = 'unannounced',
): AsyncGenerator<Buffer> {
  const iterator = chunks[Symbol.asyncIterator]()
  try {
    const { start, failure } = await beginning(iterator)
    assertText(start, gzip)
    yield start
    // What came before a source broke is good, and has only been waited for.
    if (failure !== undefined) throw failure.error
    for (let next = await iterator.next(); next.done !== true; next = await iterator.next()) yield next.value
  } finally {
    await iterator.return?.()
  }
}

interface Beginning {
  readonly start: Buffer
  /** What the source threw before there was enough. */
  readonly failure?: { readonly error: unknown }
}

async function beginning(chunks: AsyncIterator<Buffer>): Promise<Beginning> {
  let start: Buffer = Buffer.alloc(0)
  try {
    while (start.length < bytesNeeded(start)) {
      const next = await chunks.next()
      if (next.done === true) break
      start = Buffer.concat([start, next.value])
    }
    return { start }
  } catch (error) {
    return { start, failure: { error } }
  }
}

function assertText(start: Buffer, gzip: Gzip): void {
  const problem = problemOf(start, gzip)
  if (problem !== undefined) throw new LadingError('FORMAT_UNSUPPORTED', problem)
}

function problemOf(start: Buffer, gzip: Gzip): string | undefined {
  if (isGzip(start)) {
    if (gzip === 'announced') return undefined
    return gzip === 'nested'
      ? 'The file was compressed twice; compress it once.'
      : 'The file is gzip data, and its name does not say so; send it under a name that ends with .gz.'
  }
  const kind = foreignKind({ start })
  return kind && foreignSentence(kind)
}

/** RFC 1952, 2.3.1: two bytes that no text begins with. */
export function isGzip(start: Buffer): boolean {
  return start[0] === 0x1f && start[1] === 0x8b
}
