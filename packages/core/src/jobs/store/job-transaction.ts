// A transaction on the jobs' tables, and the messages that are due with its commit.
import { type Client, type Pool, withClient } from '../../postgres/pool/client.ts'
import { databaseFault } from '../../postgres/sqlstate.ts'
import { commitStatements } from '../../postgres/transaction/commit-level.ts'
import { beginWriting, setLocal } from '../../postgres/transaction/transaction.ts'

/**
 * Between two statements the transaction waits for nobody but this process: one that is frozen must not keep what it
 * has locked.
 */
const idleLimit = setLocal('idle_in_transaction_session_timeout', '5s')

/**
 * Rolled back if `work` throws: its connection is closed then.
 *
 * @throws LadingError of which `isUndecided` tells whether the answer to the commit was lost
 */
export function inTransaction<Result>(
  pool: Pool,
  work: (client: Client) => Promise<Result>,
): Promise<Result> {
  return withClient(pool, async client => {
    try {
      await client.query(beginWriting(idleLimit, commitStatements(pool).reported))
      const result = await work(client)
      await client.query('commit').catch(undecided)
      return result
    } catch (error) {
      throw databaseFault(error)
    }
  })
}

const undecidedErrors = new WeakSet<object>()

/** Whether what was thrown says nothing of what is in the database: it may be as if nothing had been thrown. */
export function isUndecided(error: unknown): boolean {
  return typeof error === 'object' && error !== null && undecidedErrors.has(error)
}

/** @throws LadingError marked as undecided, unless the database has refused it */
export function undecided(error: unknown): never {
  const fault = databaseFault(error)
  if (fault.code === 'DATABASE_UNAVAILABLE') undecidedErrors.add(fault)
  throw fault
}
