// A stream → the same stream with a minimum read rate: it fails if its reader is too slow.
import type { Readable } from 'node:stream'
import { readableFrom } from '../../util/readable-from.ts'
import type { MinimumRate } from './source-rate.ts'

/** Maximum piece size in bytes. A piece counts only when the next one is requested, so larger ones would count late. */
const pieceBytes = 64 * 1024

/**
 * Returns a stream with the same bytes. Only time spent waiting for the reader counts, not time spent waiting for the
 * source: a database may sort for as long as it needs. Destroying either stream destroys the other.
 *
 * @param tooSlow creates the error that destroys the stream
 */
export function pacedReader(
  source: Readable,
  { bytesPerSecond, windowSeconds }: MinimumRate,
  tooSlow: () => Error,
): Readable {
  const windowMs = windowSeconds * 1000
  let waitedMs = 0
  let bytes = 0
  let began = 0
  let timer: NodeJS.Timeout | undefined
  const judge = () => {
    if (bytes < bytesPerSecond * windowSeconds) {
      paced.destroy(tooSlow())
      return
    }
    bytes = 0
    waitedMs = 0
    began = performance.now()
    timer = setTimeout(judge, windowMs)
  }
  async function* pieces(): AsyncGenerator<Buffer> {
    for await (const chunk of source) {
      for (let start = 0; start < chunk.length; start += pieceBytes) {
        const piece = chunk.subarray(start, start + pieceBytes)
        began = performance.now()
        timer = setTimeout(judge, windowMs - waitedMs)
        try {
          yield piece
        } finally {
          clearTimeout(timer)
          waitedMs += performance.now() - began
        }
        bytes += piece.length
      }
    }
  }
  const paced = readableFrom(pieces(), () => {
    clearTimeout(timer)
    source.destroy()
  })
  return paced
}
