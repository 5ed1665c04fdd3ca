// A generator of chunks → a stream that can be given up while the generator waits.
import { Readable } from 'node:stream'

/**
 * Destroying the stream calls `stop` at once: closing a generator waits for what the generator waits for, which has to
 * be stopped first.
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
