// COPY … TO STDOUT → bytes, with the connection given back on every way out.
import type { Readable } from 'node:stream'
import { to as copyTo } from 'pg-copy-streams'
import { readableFrom } from '../../util/readable-from.ts'
import { checkout, type Pool } from '../pool/client.ts'
import { isSnapshotConnection, type SnapshotConnection } from '../transaction/snapshot-connection.ts'

export interface CopyOutOptions {
  /** Statements that begin the transaction, which ends with the stream; a session has one, and goes on with it. */
  readonly begin: string
  /** One COPY … TO STDOUT. */
  readonly copy: string
  /** Turns an error of the database into the one that the reader gets. */
  readonly faultOf: (error: unknown) => Error
  /** Called once, with the rows printed, before the stream ends, and waited for; aborted if the reader stops early. */
  readonly onRows?: ((rows: number, signal: AbortSignal) => unknown) | undefined
}

/**
 * A stream of what `copy` prints. Nothing is asked of the database before the stream is read, and no faster than
 * it is read. A reader that stops early closes the connection: a half-read COPY would hang the next one who
 * borrows it.
 */
export function copyOut(
  from: Pool | SnapshotConnection,
  { begin, copy, faultOf, onRows }: CopyOutOptions,
): Readable {
  const abandoned = new AbortController()

  async function* read(): AsyncGenerator<Buffer> {
    const isOurs = !isSnapshotConnection(from)
    const { client, watch, giveBack } = isSnapshotConnection(from) ? from : await checkout(from)
    let isOver = false
    const end = (failure?: Error) => {
      if (!isOver) giveBack(failure)
      isOver = true
    }
    const left = new Error('The reader of the COPY stopped early.')
    try {
      if (isOurs) await client.query(begin)
      const printed = client.query(copyTo(copy))
      const stop = () => {
        printed.destroy()
        end(left)
      }
      abandoned.signal.addEventListener('abort', stop, { once: true })
      if (abandoned.signal.aborted) stop()
      const chunks: AsyncIterator<Buffer> = printed[Symbol.asyncIterator]()
      // Watched while the database is waited for, and not while the reader is.
      for (let next = await watch(chunks.next()); next.done !== true; next = await watch(chunks.next())) {
        yield next.value
      }
      abandoned.signal.removeEventListener('abort', stop)
      if (isOurs) await client.query('commit')
      end()
      await onRows?.(printed.rowCount, abandoned.signal)
    } catch (error) {
      end(error instanceof Error ? error : new Error('Not an Error was thrown', { cause: error }))
      throw faultOf(error)
    } finally {
      end(left)
    }
  }

  return readableFrom(read(), () => abandoned.abort())
}
