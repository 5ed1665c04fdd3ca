// A stored file as an import reads it: its bytes counted, and its beginning kept.
import { type Readable, Transform } from 'node:stream'

export interface CountedSource {
  readonly source: Readable
  /** Bytes of the stored file up to where it has been read: a compressed one does not tell its real size. */
  bytesRead(): number
  /** The first three bytes that were read, in which a byte order mark would be. */
  start(): Buffer
}

const startBytes = 3

/** @param from the byte of the stored file at which the stream begins */
export function countedSource(stored: Readable, from: number): CountedSource {
  let bytes = from
  let start: Buffer = Buffer.alloc(0)
  const counter = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      bytes += chunk.length
      if (start.length < startBytes) {
        start = Buffer.concat([start, chunk.subarray(0, startBytes - start.length)])
      }
      done(null, chunk)
    },
  })
  stored.on('error', error => counter.destroy(error))
  counter.on('close', () => stored.destroy())
  // It may fail before anyone reads it; whoever does then meets the error.
  counter.on('error', () => undefined)
  return { source: stored.pipe(counter), bytesRead: () => bytes, start: () => start }
}
