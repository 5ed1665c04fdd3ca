// One transaction on one connection, for queries that must all see the same snapshot.
import { type Checkout, checkout, type Pool } from '../pool/checkout.ts'

/** Valid while `withSnapshot` runs. `giveBack` with an error closes it immediately. */
export interface SnapshotConnection extends Checkout {
  readonly isSnapshot: true
}

export function isSnapshotConnection(from: Pool | SnapshotConnection): from is SnapshotConnection {
  return 'isSnapshot' in from
}

/**
 * Runs `work` in the transaction that `begin` begins, and commits it. If `work` throws, the connection is closed.
 *
 * @throws LadingError `DATABASE_UNAVAILABLE`, and any error of `work`
 */
export async function withSnapshot<Result>(
  pool: Pool,
  begin: string,
  work: (connection: SnapshotConnection) => Promise<Result>,
): Promise<Result> {
  const pooled = await checkout(pool)
  const { client, watch } = pooled
  let isReleased = false
  const release = (failure?: Error) => {
    if (!isReleased) pooled.release(failure)
    isReleased = true
  }
  const connection: SnapshotConnection = {
    isSnapshot: true,
    client,
    watch,
    release(error) {
      if (error !== undefined) release(error)
    },
  }
  try {
    await client.query(begin)
    const result = await work(connection)
    await client.query('commit')
    release()
    return result
  } catch (error) {
    release(
      error instanceof Error ? error : new Error('A value that is not an Error was thrown', { cause: error }),
    )
    throw error
  }
}
