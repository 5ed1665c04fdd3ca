/** Waits for a condition: asks again until the answer is defined or the time is up. */
import { setTimeout as sleep } from 'node:timers/promises'

export interface PollOptions {
  timeoutMs: number
  /** Pause between two questions: shorter answers sooner and costs more. @defaultValue 10 */
  intervalMs?: number
}

/** Resolves with the first defined answer, or with undefined once the time is up. */
export async function poll<T>(
  ask: () => Promise<T | undefined>,
  { timeoutMs, intervalMs = 10 }: PollOptions,
): Promise<T | undefined> {
  const deadline = Date.now() + timeoutMs
  for (;;) {
    const answer = await ask()
    if (answer !== undefined) return answer
    if (Date.now() >= deadline) return undefined
    await sleep(intervalMs)
  }
}
