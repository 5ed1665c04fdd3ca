// A database that is not there yet → one that answers, or the fault that says why it does not.
import { LadingError } from '../../errors/lading-error.ts'
import { quietLog } from '../../errors/listener.ts'
import { retry } from '../../util/retry.ts'
import { type Pool, withClient } from './client.ts'

export interface WaitOptions {
  /** Seconds for which it is waited for. @defaultValue 60 */
  readonly timeoutSeconds?: number | undefined
  /**
   * `start`: a server that answers that it is starting or recovering. `reach`: also one that cannot be reached, as
   * when a server and its database are started at the same time. @defaultValue `'reach'`
   */
  readonly until?: 'start' | 'reach' | undefined
  /** Hears once what is waited for. That it throws or rejects is a warning of the process. @defaultValue nobody */
  readonly onWait?: ((sentence: string) => unknown) | undefined
  /** Ends the waiting. */
  readonly signal?: AbortSignal | undefined
}

/** It starts, stops or recovers, or has no connection left (PostgreSQL manual, appendix A). */
const starting = ['57P01', '57P02', '57P03', '53300']

/**
 * Resolves at once where the database answers. Call it before anything else is asked of it.
 *
 * @throws LadingError `DATABASE_UNAVAILABLE` if it does not answer in time, and at once whatever does not go away by
 * waiting, such as a wrong password
 *
 * @example
 * await waitForDatabase(pool, { onWait: sentence => log.warn(sentence) })
 */
export async function waitForDatabase(pool: Pool, options: WaitOptions = {}): Promise<void> {
  const { timeoutSeconds = 60, until = 'reach', signal } = options
  const onWait = quietLog('onWait', options.onWait)
  let isSaid = false
  await retry(() => withClient(pool, client => client.query('select 1'), { access: 'read' }), {
    forMs: timeoutSeconds * 1000,
    signal,
    onFailure(error) {
      if (!isWorthIt(error, until)) throw error
      if (isSaid) return
      isSaid = true
      const why =
        error instanceof LadingError && error.sqlstate ? 'is starting or recovering' : 'cannot be reached yet'
      onWait(`The database ${why}; it is waited for, for up to ${timeoutSeconds} s.`)
    },
  })
}

function isWorthIt(error: unknown, until: 'start' | 'reach'): boolean {
  if (!(error instanceof LadingError) || error.code !== 'DATABASE_UNAVAILABLE') return false
  const state = error.sqlstate
  return state === undefined ? until === 'reach' : starting.includes(state)
}
