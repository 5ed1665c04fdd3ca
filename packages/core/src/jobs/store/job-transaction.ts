// Transactions on the tables of the jobs, and faults that leave it open whether they committed.
import { type Client, type Pool, withClient } from '../../postgres/pool/checkout.ts'
import { databaseFault } from '../../postgres/sqlstate.ts'
import { commitStatements } from '../../postgres/transaction/commit-level.ts'
import { beginWriting, setLocal } from '../../postgres/transaction/transaction.ts'

/** Between two statements, the transaction waits only for this process; a frozen process must not keep its locks. */
const idleLimit = setLocal('idle_in_transaction_session_timeout', '5s')

/**
 * Runs `work` in a transaction. If `work` throws, it is rolled back and its connection closed.
 *
 * @throws LadingError, for which `isUndecided` says whether the answer to the commit was lost
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

/** Whether the answer to a commit was lost, so that the transaction may have committed all the same. */
export function isUndecided(error: unknown): boolean {
  return typeof error === 'object' && error !== null && undecidedErrors.has(error)
}

/** @throws LadingError, marked as undecided unless the database has rejected the commit */
export function undecided(error: unknown): never {
  const fault = databaseFault(error)
  if (fault.code === 'DATABASE_UNAVAILABLE') undecidedErrors.add(fault)
  throw fault
}
