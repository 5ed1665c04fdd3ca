// Retries an action that must succeed, with exponential backoff.
import { setTimeout } from 'node:timers/promises'

/** Milliseconds before the second attempt; doubled each time, up to the maximum. */
const firstPauseMs = 50
const longestPauseMs = 1_000

export interface RetryOptions {
  /** Milliseconds after which there are no more retries. */
  readonly forMs: number
  /** Once aborted, there is at most one more attempt, without a pause. */
  readonly signal?: AbortSignal | undefined
  /** Called with the error of each failed attempt except the last. */
  readonly onFailure?: (error: unknown) => void
}

/** Calls `action` until it succeeds. @throws the error of the last attempt */
export async function retry<Result>(
  action: () => Promise<Result>,
  { forMs, signal, onFailure = () => undefined }: RetryOptions,
): Promise<Result> {
  const giveUpAt = performance.now() + forMs
  for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(longestPauseMs, pauseMs * 2)) {
    try {
      return await action()
    } catch (error) {
      if (signal?.aborted === true || performance.now() + pauseMs > giveUpAt) throw error
      onFailure(error)
      await setTimeout(pauseMs, undefined, { signal }).catch(() => undefined)
    }
  }
}
