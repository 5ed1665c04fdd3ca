// A generator of chunks → a stream that can be destroyed while the generator waits.
import { Readable } from 'node:stream'

/**
 * Destroying the stream calls `stop` at once. Closing a generator waits for its current `await`, so `stop` must end that
 * first.
 */
export function readableFrom(chunks: AsyncIterable<Buffer>, stop: () => void): Readable {
  const stream = Readable.from(chunks, { objectMode: false })
  const close = stream._destroy
  stream._destroy = (error, callback) => {
    stop()
    close.call(stream, error, callback)
  }
  return stream
}
