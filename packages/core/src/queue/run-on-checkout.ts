// Runs one short statement on a connection of the pool, with timeouts.
import {
  type Checkout,
  type Client,
  checkout,
  type Pool,
  type QueryResult,
} from '../postgres/pool/checkout.ts'
import { withTimeout } from './with-timeout.ts'

/** Timeout in milliseconds for a connection, and for a statement. Statements here touch a few rows by index. */
export const answerTimeoutMs = 5_000

/** A statement and its parameters. */
export interface Statement {
  readonly text: string
  readonly values: unknown[]
}

/** Checks out a connection, or times out; a connection that arrives too late goes straight back to the pool. */
export async function checkoutWithTimeout(pool: Pool, signal?: AbortSignal): Promise<Checkout> {
  const pending = checkout(pool)
  try {
    return await withTimeout(pending, answerTimeoutMs, signal)
  } catch (error) {
    pending.then(
      checkedOut => checkedOut.release(),
      () => undefined,
    )
    throw error
  }
}

export function runWithTimeout(client: Client, { text, values }: Statement): Promise<QueryResult> {
  return withTimeout(client.query(text, values), answerTimeoutMs)
}

/** Runs one statement. If it fails or times out, its connection is closed. */
export async function runOnCheckout(
  pool: Pool,
  statement: Statement,
  signal?: AbortSignal,
): Promise<QueryResult> {
  const checkedOut = await checkoutWithTimeout(pool, signal)
  let failure: Error | undefined
  try {
    return await runWithTimeout(checkedOut.client, statement)
  } catch (error) {
    failure = error instanceof Error ? error : new Error('Not an Error was thrown', { cause: error })
    throw error
  } finally {
    checkedOut.release(failure)
  }
}
