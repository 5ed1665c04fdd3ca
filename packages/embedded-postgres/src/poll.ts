/** Polls until a check returns a defined result, or the time is up. */
import { setTimeout as sleep } from 'node:timers/promises'

export interface PollOptions {
  timeoutMs: number
  /** Pause between two checks: a shorter one reacts sooner and costs more. @defaultValue 10 */
  intervalMs?: number
}

/** Resolves with the first defined result, or with undefined once the time is up. */
export async function poll<T>(
  check: () => Promise<T | undefined>,
  { timeoutMs, intervalMs = 10 }: PollOptions,
): Promise<T | undefined> {
  const deadline = Date.now() + timeoutMs
  for (;;) {
    const result = await check()
    if (result !== undefined) return result
    if (Date.now() >= deadline) return undefined
    await sleep(intervalMs)
  }
}
