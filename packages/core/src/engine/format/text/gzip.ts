// Bytes → gzip (RFC 1952), handed on as soon as there are any.
import { pipeline, type Readable, Transform } from 'node:stream'
import { constants, createGzip } from 'node:zlib'

/**
 * Of a CSV file of users, level 3 makes 26 % at 120 MB/s, level 6 makes 25 % at 88 MB/s, level 9 the same at 20 MB/s,
 * and level 1 makes 27 % no faster than 3.
 */
const level = 3

/** Milliseconds without input after which what the compressor holds is sent. */
const idleMs = 100

/**
 * `source`, compressed. An error of the source destroys the stream, without the end that a whole file has; destroying
 * the stream destroys the source.
 *
 * zlib holds back what does not fill its buffers. So the first chunk is flushed, and whatever is there when nothing
 * has come for a while: a reader sees that rows come, and only a slow export pays for it in size.
 */
export function gzipped(source: Readable): Readable {
  const gzip = createGzip({ level })
  const flush = () => {
    if (!gzip.destroyed) gzip.flush(constants.Z_SYNC_FLUSH)
  }
  let idle: NodeJS.Timeout | undefined
  const flushing = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      if (idle === undefined) setImmediate(flush)
      clearTimeout(idle)
      idle = setTimeout(flush, idleMs)
      done(null, chunk)
    },
    destroy(error, done) {
      clearTimeout(idle)
      done(error)
    },
  })
  return pipeline(source, flushing, gzip, () => undefined)
}
