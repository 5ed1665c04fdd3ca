// A connection of the pool for one short statement, in bounded time.
import { type Checkout, type Client, checkout, type Pool, type QueryResult } from '../postgres/pool/client.ts'
import { withTimeout } from './with-timeout.ts'

/** Milliseconds for a connection, and for a statement. Statements here touch a few rows by index. */
export const answerTimeoutMs = 5_000

/** A statement as data. */
export interface Statement {
  readonly text: string
  readonly values: unknown[]
}

/** Borrows, or gives up; a connection that comes too late goes straight back. */
export async function checkoutWithTimeout(pool: Pool, signal?: AbortSignal): Promise<Checkout> {
  const borrowing = checkout(pool)
  try {
    return await withTimeout(borrowing, answerTimeoutMs, signal)
  } catch (error) {
    borrowing.then(
      loan => loan.giveBack(),
      () => undefined,
    )
    throw error
  }
}

export function runWithTimeout(client: Client, { text, values }: Statement): Promise<QueryResult> {
  return withTimeout(client.query(text, values), answerTimeoutMs)
}

/** Runs one statement. A connection on which it failed, or did not end in time, is closed. */
export async function runOnCheckout(
  pool: Pool,
  statement: Statement,
  signal?: AbortSignal,
): Promise<QueryResult> {
  const loan = await checkoutWithTimeout(pool, signal)
  let failure: Error | undefined
  try {
    return await runWithTimeout(loan.client, statement)
  } catch (error) {
    failure = error instanceof Error ? error : new Error('Not an Error was thrown', { cause: error })
    throw error
  } finally {
    loan.giveBack(failure)
  }
}
