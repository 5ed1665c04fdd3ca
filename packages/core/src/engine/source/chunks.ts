// Any byte source → chunks of limited size; closes the source on every exit.
import { addAbortSignal, Readable } from 'node:stream'
import { LadingError } from '../../errors/lading-error.ts'
import { yieldToEventLoop } from '../../util/event-loop.ts'
import { untilAborted } from '../../util/until-aborted.ts'

/** A file: a Node or Web stream, bytes, or chunks of bytes or text. A plain string is not allowed, as it may be a file name. */
export type ByteSource =
  | Readable
  | ReadableStream<Uint8Array>
  | Uint8Array
  | AsyncIterable<Uint8Array | string>
  | (Iterable<Uint8Array | string> & object)

/**
 * Yields chunks of at most `chunkBytes` bytes. It yields to the event loop between them, so that the database is served
 * while a large buffer is decoded. Aborting destroys the source at once, even one that is waiting.
 *
 * @throws LadingError `SOURCE_UNAVAILABLE` if the source fails, `OPTION_INVALID` if it yields neither bytes nor text, or
 * the reason of the signal
 */
export async function* readChunks(
  source: ByteSource,
  chunkBytes: number,
  signal: AbortSignal,
): AsyncGenerator<Buffer> {
  const items = itemsOf(source)
  if (items instanceof Readable) {
    // The iteration reports the error; one that comes after it must not be unhandled.
    items.on('error', () => undefined)
    addAbortSignal(signal, items)
  }
  try {
    for await (const chunk of untilAborted<unknown>(items, signal)) {
      const bytes = toBuffer(chunk)
      for (let start = 0; start < bytes.length; start += chunkBytes) {
        yield bytes.subarray(start, start + chunkBytes)
        await yieldToEventLoop()
      }
    }
  } catch (error) {
    if (signal.aborted || error instanceof LadingError) throw error
    throw new LadingError(
      'SOURCE_UNAVAILABLE',
      'The source of the file failed before its end; send the file again.',
      {
        cause: error,
      },
    )
  } finally {
    if (items instanceof Readable) items.destroy()
  }
}

/** Closes a source that may never have been read. Does nothing if the source has ended or is locked. */
export function closeSource(source: unknown): void {
  if (source instanceof Readable) source.destroy()
  else if (source instanceof ReadableStream && !source.locked) source.cancel().catch(() => undefined)
}

/** Converts a Web stream to a Node stream, which can be destroyed while it waits. */
function itemsOf(source: ByteSource): Exclude<ByteSource, Uint8Array | ReadableStream> {
  if (source instanceof Readable) return source
  if (source instanceof Uint8Array) return [source]
  return source instanceof ReadableStream ? Readable.fromWeb(source) : source
}

function toBuffer(chunk: unknown): Buffer {
  if (Buffer.isBuffer(chunk)) return chunk
  if (chunk instanceof Uint8Array) return Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength)
  if (typeof chunk === 'string') return Buffer.from(chunk)
  throw new LadingError('OPTION_INVALID', 'The source yields something that is neither bytes nor text.')
}
