// Options of a queue, with their units and what they cost.
import { LadingError } from '../errors/lading-error.ts'
import { quietLog } from '../errors/listener.ts'

export const queueDefaults = {
  /** Milliseconds. Long enough for a garbage collection or a failover of the database, short enough to wait for. */
  visibilityMs: 30_000,
  /** Milliseconds. One cheap query per consumer; what is awaited is announced anyway. */
  pollMs: 1_000,
  /** Milliseconds. */
  backoffMs: 1_000,
  /** Milliseconds. */
  maxBackoffMs: 5 * 60_000,
} as const

export interface QueueOptions {
  /**
   * Milliseconds until a message of a consumer that died is delivered again. Live consumers renew three times in
   * it. Less redelivers sooner, and takes busy processes for dead. @defaultValue 30,000
   */
  readonly visibilityMs?: number
  /**
   * Milliseconds between two looks for what was not announced: messages whose moment has come, and of consumers
   * that died. Less costs queries, more costs latency. @defaultValue 1,000
   */
  readonly pollMs?: number
  /** Milliseconds until a message is delivered again after its handler rejected, doubled each time. @defaultValue 1,000 */
  readonly backoffMs?: number
  /** Milliseconds, where the doubling ends, also that of jobs that wait for infrastructure. @defaultValue 300,000 */
  readonly maxBackoffMs?: number
  /** Messages of one kind that may wait; the next one is refused. A few more get in when many come at once. @defaultValue no limit */
  readonly maxDepth?: number
  /**
   * Hears what handlers reject with and what breaks below the queue; both are dealt with. It is not waited for; that it
   * throws or rejects is said once as a warning of the process. @defaultValue nobody
   */
  readonly onError?: ((error: unknown, context: { readonly jobId?: string }) => unknown) | undefined
}

export interface QueueSettings {
  readonly visibilityMs: number
  readonly pollMs: number
  readonly maxDepth: number | undefined
  readonly maxBackoffMs: number
  /** Milliseconds to wait after this many deliveries. */
  backoff(deliveries: number): number
  report(error: unknown, jobId?: string): void
}

/** @throws LadingError `CONFIG_INVALID` naming the option. */
export function readQueueOptions(options: QueueOptions): QueueSettings {
  const { visibilityMs, pollMs, backoffMs, maxBackoffMs } = { ...queueDefaults, ...withoutUndefined(options) }
  const { maxDepth, onError } = options
  const log = quietLog('onError of the queue', onError)
  checkWhole({ visibilityMs, pollMs, backoffMs, maxBackoffMs, ...(maxDepth !== undefined && { maxDepth }) })
  return {
    visibilityMs,
    pollMs,
    maxDepth,
    maxBackoffMs,
    // Not quite the same for all, so that what failed together does not come back together.
    backoff: deliveries =>
      Math.min(maxBackoffMs, backoffMs * 2 ** (deliveries - 1) * (1 + Math.random() / 4)),
    report: (error, jobId) => log(error, jobId === undefined ? {} : { jobId }),
  }
}

export function queueFull(): LadingError {
  return new LadingError('QUEUE_FULL', 'Too many jobs are waiting already; try again later.')
}

/** @throws LadingError `CONFIG_INVALID` naming the option. */
export function checkWhole(options: Readonly<Record<string, number>>): void {
  for (const [name, value] of Object.entries(options)) {
    if (Number.isSafeInteger(value) && value >= 1) continue
    throw new LadingError(
      'CONFIG_INVALID',
      `The option ${name} must be a whole number from 1; it is ${value}.`,
    )
  }
}

function withoutUndefined(options: QueueOptions): QueueOptions {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined))
}
