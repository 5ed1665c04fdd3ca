// Rejects a file whose first bytes prove that it is not text, whatever its name says.
import { LadingError } from '../../../errors/lading-error.ts'
import { bytesNeeded, foreignKind, unsupportedFileMessage } from './foreign.ts'

/** Whether gzip data was declared, was not declared, or is inside other gzip data. */
export type GzipExpectation = 'announced' | 'unannounced' | 'nested'

/**
 * Passes chunks through once their first bytes prove to be possible text, or gzip data that was declared.
 *
 * @throws LadingError `FORMAT_UNSUPPORTED` naming what the file is
 */
export async function* rejectUnsupported(
  chunks: AsyncIterable<Buffer>,
  gzip: GzipExpectation = 'unannounced',
): AsyncGenerator<Buffer> {
  const iterator = chunks[Symbol.asyncIterator]()
  try {
    const { start, failure } = await readStart(iterator)
    assertText(start, gzip)
    yield start
    // The bytes before a failure of the source are valid, so they were passed on first.
    if (failure !== undefined) throw failure.error
    for (let next = await iterator.next(); next.done !== true; next = await iterator.next()) yield next.value
  } finally {
    await iterator.return?.()
  }
}

interface FileStart {
  readonly start: Buffer
  /** Error of the source, if it failed before there were enough bytes. */
  readonly failure?: { readonly error: unknown }
}

async function readStart(chunks: AsyncIterator<Buffer>): Promise<FileStart> {
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

function assertText(start: Buffer, gzip: GzipExpectation): void {
  const problem = problemOf(start, gzip)
  if (problem !== undefined) throw new LadingError('FORMAT_UNSUPPORTED', problem)
}

function problemOf(start: Buffer, gzip: GzipExpectation): string | undefined {
  if (isGzip(start)) {
    if (gzip === 'announced') return undefined
    return gzip === 'nested'
      ? 'The file was compressed twice; compress it once.'
      : 'The file is gzip data, but its name does not say so; send it under a name that ends with .gz.'
  }
  const kind = foreignKind({ start })
  return kind && unsupportedFileMessage(kind)
}

/** Checks for the two magic bytes of gzip (RFC 1952, 2.3.1), which no text begins with. */
export function isGzip(start: Buffer): boolean {
  return start[0] === 0x1f && start[1] === 0x8b
}
