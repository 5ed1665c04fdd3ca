// A connection of the pool for one short statement, in bounded time.
import { borrow, type Client, type Loan, type Pool, type QueryResult } from '../postgres/pool/client.ts'
import { inTime } from './with-timeout.ts'

/** Milliseconds for a connection, and for a statement. Statements here touch a few rows by index. */
export const patienceMs = 5_000

/** A statement as data. */
export interface Statement {
  readonly text: string
  readonly values: unknown[]
}

/** Borrows, or gives up; a connection that comes too late goes straight back. */
export async function borrowInTime(pool: Pool, signal?: AbortSignal): Promise<Loan> {
  const borrowing = borrow(pool)
  try {
    return await inTime(borrowing, patienceMs, signal)
  } catch (error) {
    borrowing.then(
      loan => loan.giveBack(),
      () => undefined,
    )
    throw error
  }
}

export function ask(client: Client, { text, values }: Statement): Promise<QueryResult> {
  return inTime(client.query(text, values), patienceMs)
}

/** Runs one statement. A connection on which it failed, or did not end in time, is closed. */
export async function runOnLoan(
  pool: Pool,
  statement: Statement,
  signal?: AbortSignal,
): Promise<QueryResult> {
  const loan = await borrowInTime(pool, signal)
  let failure: Error | undefined
  try {
    return await ask(loan.client, statement)
  } catch (error) {
    failure = error instanceof Error ? error : new Error('Not an Error was thrown', { cause: error })
    throw error
  } finally {
    loan.giveBack(failure)
  }
}
