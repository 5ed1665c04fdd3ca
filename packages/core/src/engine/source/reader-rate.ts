// Chunks for a reader who must take them at some rate: a stream → one that breaks when its reader is waited for too long.
import type { Readable } from 'node:stream'
import { readableFrom } from '../../util/readable-from.ts'
import type { Rate } from './source-rate.ts'

/** A chunk counts when the next one is asked for, so that one that is larger than this would count late. */
const pieceBytes = 64 * 1024

/**
 * The same bytes. Only time in which the reader is waited for counts, never that in which the source is: a database
 * may sort for as long as it must. Destroying either stream destroys the other.
 *
 * @param tooSlow what the stream breaks with
 */
export function pacedReader(
  source: Readable,
  { bytesPerSecond, seconds }: Rate,
  tooSlow: () => Error,
): Readable {
  const windowMs = seconds * 1000
  let waitedMs = 0
  let bytes = 0
  let began = 0
  let timer: NodeJS.Timeout | undefined
  const judge = () => {
    if (bytes < bytesPerSecond * seconds) {
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
