// Something that must be said, tried again while nobody answers.
import { setTimeout } from 'node:timers/promises'

/** Milliseconds until the second attempt; doubled up to the second figure. */
const firstPauseMs = 50
const longestPauseMs = 1_000

export interface RetryOptions {
  /** Milliseconds after which it is not tried again. */
  readonly forMs: number
  /** Once it has come, it is tried once and not again. */
  readonly signal?: AbortSignal | undefined
  /** Hears of each attempt that failed, but for the last one. */
  readonly onFailure?: (error: unknown) => void
}

/** @throws what the last attempt threw */
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
