// One transaction on one connection, for readings that must all see the same moment.
import { type Checkout, checkout, type Pool } from '../pool/client.ts'

/** On loan for as long as `withSession` runs. Given back with an error, it is closed at once, and of no use any more. */
export interface SnapshotConnection extends Checkout {
  readonly isSession: true
}

export function isSnapshotConnection(from: Pool | SnapshotConnection): from is SnapshotConnection {
  return 'isSession' in from
}

/**
 * Runs `work` in the transaction that `begin` begins, and commits it. If `work` throws, the connection is closed.
 *
 * @throws LadingError `DATABASE_UNAVAILABLE`, and whatever `work` throws
 */
export async function withSnapshot<Result>(
  pool: Pool,
  begin: string,
  work: (session: SnapshotConnection) => Promise<Result>,
): Promise<Result> {
  const { client, watch, giveBack } = await checkout(pool)
  let isOver = false
  const end = (failure?: Error) => {
    if (!isOver) giveBack(failure)
    isOver = true
  }
  const session: SnapshotConnection = {
    isSession: true,
    client,
    watch,
    giveBack(error) {
      if (error !== undefined) end(error)
    },
  }
  try {
    await client.query(begin)
    const result = await work(session)
    await client.query('commit')
    end()
    return result
  } catch (error) {
    end(error instanceof Error ? error : new Error('Not an Error was thrown', { cause: error }))
    throw error
  }
}
