// Waits for a database that is not ready yet, or fails with the reason why it does not answer.
import { LadingError } from '../../errors/lading-error.ts'
import { safeLogger } from '../../errors/quiet-listener.ts'
import { retry } from '../../util/retry.ts'
import { type Pool, withClient } from './checkout.ts'

export interface WaitOptions {
  /** Maximum wait in seconds. @defaultValue 60 */
  readonly timeoutSeconds?: number | undefined
  /**
   * `start`: waits for a server that is starting or recovering. `reach`: waits also for one that cannot be reached, as
   * when a server and its database start at the same time. @defaultValue `'reach'`
   */
  readonly until?: 'start' | 'reach' | undefined
  /** Called once, with the reason for the wait. If it throws or rejects, the process emits a warning. @defaultValue none */
  readonly onWait?: ((sentence: string) => unknown) | undefined
  /** Ends the wait. */
  readonly signal?: AbortSignal | undefined
}

/** The server is starting, stopping or recovering, or has no free connections (PostgreSQL manual, appendix A). */
const startingStates = ['57P01', '57P02', '57P03', '53300']

/**
 * Resolves as soon as the database answers. Call it before the first query.
 *
 * @throws LadingError `DATABASE_UNAVAILABLE` if the database does not answer in time; immediately for a fault that
 * waiting cannot fix, such as a wrong password
 *
 * @example
 * await waitForDatabase(pool, { onWait: sentence => log.warn(sentence) })
 */
export async function waitForDatabase(pool: Pool, options: WaitOptions = {}): Promise<void> {
  const { timeoutSeconds = 60, until = 'reach', signal } = options
  const onWait = safeLogger('onWait', options.onWait)
  let isReported = false
  await retry(() => withClient(pool, client => client.query('select 1'), { access: 'read' }), {
    forMs: timeoutSeconds * 1000,
    signal,
    onFailure(error) {
      if (!isWorthWaiting(error, until)) throw error
      if (isReported) return
      isReported = true
      const why =
        error instanceof LadingError && error.sqlstate ? 'is starting or recovering' : 'cannot be reached yet'
      onWait(`The database ${why}; waiting for up to ${timeoutSeconds} s.`)
    },
  })
}

function isWorthWaiting(error: unknown, until: 'start' | 'reach'): boolean {
  if (!(error instanceof LadingError) || error.code !== 'DATABASE_UNAVAILABLE') return false
  const state = error.sqlstate
  return state === undefined ? until === 'reach' : startingStates.includes(state)
}
