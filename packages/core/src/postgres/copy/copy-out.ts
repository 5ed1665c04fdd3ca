// COPY … TO STDOUT → bytes, with the connection released on every exit path.
import type { Readable } from 'node:stream'
import { to as copyTo } from 'pg-copy-streams'
import { readableFrom } from '../../util/readable-from.ts'
import { checkout, type Pool } from '../pool/checkout.ts'
import { isSnapshotConnection, type SnapshotConnection } from '../transaction/snapshot-connection.ts'

export interface CopyOutOptions {
  /** Statements that begin the transaction, which ends with the stream. Not sent on a snapshot connection, which has one. */
  readonly begin: string
  /** One COPY … TO STDOUT. */
  readonly copy: string
  /** Converts an error of the database to the one that the reader gets. */
  readonly faultOf: (error: unknown) => Error
  /** Called once with the rows printed, and awaited, before the stream ends. The signal aborts if the reader stops early. */
  readonly onRows?: ((rows: number, signal: AbortSignal) => unknown) | undefined
}

/**
 * Streams what `copy` prints. It queries the database only when the stream is read, and no faster. A reader that stops
 * early closes the connection: a half-read COPY would hang its next user.
 */
export function copyOut(
  from: Pool | SnapshotConnection,
  { begin, copy, faultOf, onRows }: CopyOutOptions,
): Readable {
  const abortController = new AbortController()

  async function* read(): AsyncGenerator<Buffer> {
    const ownsTransaction = !isSnapshotConnection(from)
    const connection = isSnapshotConnection(from) ? from : await checkout(from)
    const { client, watch } = connection
    let isReleased = false
    const release = (failure?: Error) => {
      if (!isReleased) connection.release(failure)
      isReleased = true
    }
    const stoppedEarly = new Error('The reader of the COPY stopped early.')
    try {
      if (ownsTransaction) await client.query(begin)
      const output = client.query(copyTo(copy))
      const stop = () => {
        output.destroy()
        release(stoppedEarly)
      }
      abortController.signal.addEventListener('abort', stop, { once: true })
      if (abortController.signal.aborted) stop()
      const chunks: AsyncIterator<Buffer> = output[Symbol.asyncIterator]()
      // Watched while the database is busy, and not while the reader is.
      for (let next = await watch(chunks.next()); next.done !== true; next = await watch(chunks.next())) {
        yield next.value
      }
      abortController.signal.removeEventListener('abort', stop)
      if (ownsTransaction) await client.query('commit')
      release()
      await onRows?.(output.rowCount, abortController.signal)
    } catch (error) {
      release(
        error instanceof Error
          ? error
          : new Error('A value that is not an Error was thrown', { cause: error }),
      )
      throw faultOf(error)
    } finally {
      release(stoppedEarly)
    }
  }

  return readableFrom(read(), () => abortController.abort())
}
