// The dispatch loop of one worker: on a wake-up or a poll, it claims as many jobs as it has free slots, and runs
// them.
import { wholeNumber } from '../../config/numbers.ts'
import { LadingError } from '../../errors/lading-error.ts'
import type { Pool } from '../../postgres/pool/checkout.ts'
import { createWake, pause } from '../../queue/wake.ts'
import type { JobRow } from '../store/job-row.ts'
import { createClaims } from './claims.ts'
import { createFairness } from './fairness.ts'
import { createRunningJobs } from './running-jobs.ts'

export interface DispatchOptions {
  readonly pool: Pool
  readonly lanes: readonly string[]
  /** Unique name of the worker; two workers with one name would release each other's jobs. */
  readonly worker: string
  readonly leaseSeconds: number
  /** Jobs that run at the same time, from 1. */
  readonly concurrency: number
  /** Maximum of these with the same fairness key; exact if there is only one lane. @defaultValue no limit */
  readonly concurrencyPerKey?: number | undefined
  /** Milliseconds between two polls without a wake-up. */
  readonly pollMs: number
  /** Ends the loop: no more jobs are claimed, and running jobs are asked to stop. */
  readonly signal: AbortSignal
  /** Runs a claimed job until it has ended or was released. */
  readonly work: (job: JobRow, signal: AbortSignal) => Promise<void>
  /** Releases a claimed job that was not started. */
  readonly release: (job: JobRow) => Promise<unknown>
  readonly onError: (error: unknown, jobId?: string) => void
}

export interface Dispatcher {
  /** Looks for work in this lane; undefined: in all of its lanes. */
  wake(lane: string | undefined): void
  interrupt(jobId: string): void
  /** Ids of the running jobs. */
  running(): readonly string[]
  /**
   * Resolves after the signal, once all jobs have stopped.
   *
   * @throws LadingError `CONFIG_INVALID` for a concurrency that is not a whole number from 1; and a non-retryable
   * fault of the first query, such as a missing schema
   */
  readonly ended: Promise<void>
}

/** Milliseconds between two attempts while the database does not answer; doubled up to `longestPauseMs`. */
const firstPauseMs = 100
const longestPauseMs = 5_000

export function dispatch(options: DispatchOptions): Dispatcher {
  const { lanes, concurrency, concurrencyPerKey, pollMs, work, release, onError } = options
  // A separate signal, because every task of a process adds listeners to the shared one.
  const signal = AbortSignal.any([options.signal])
  const wakeUp = createWake()
  const fairness = createFairness(concurrencyPerKey)
  /** Nothing was ready at the last poll, and no wake-up has come since. */
  let isDrained = false
  const running = createRunningJobs(({ fairness_key }) => {
    fairness.end(fairness_key)
    // If the key was at its limit, its next job was waiting for this end.
    if (!isDrained || concurrencyPerKey !== undefined) wakeUp.ring()
  })
  const claims = createClaims({ ...options, fairness, running: () => running.ids() })

  function start(job: JobRow): void {
    running.start(job, jobSignal => work(job, jobSignal).catch(error => onError(error, job.id)))
  }

  /** @returns jobs that were started */
  async function fill(): Promise<number> {
    const jobs = await claims.take(concurrency - running.size, signal)
    if (signal.aborted) {
      await Promise.all(jobs.map(job => release(job).catch(error => onError(error, job.id))))
      for (const { fairness_key } of jobs) fairness.end(fairness_key)
      return 0
    }
    jobs.forEach(start)
    return jobs.length
  }

  async function loop(): Promise<void> {
    wholeNumber('concurrency', concurrency, { minimum: 1 })
    wholeNumber('concurrencyPerKey', concurrencyPerKey ?? 1, { minimum: 1 })
    let hasAnswered = false
    let failures = 0
    while (!signal.aborted) {
      if (running.size >= concurrency) {
        await wakeUp.wait(undefined, signal)
        continue
      }
      try {
        isDrained = (await fill()) === 0
        hasAnswered = true
        failures = 0
      } catch (error) {
        if (signal.aborted) return
        if (!hasAnswered && error instanceof LadingError && !error.retryable) throw error
        onError(error)
        await pause(Math.min(longestPauseMs, firstPauseMs * 2 ** failures++), signal)
        continue
      }
      // A claim takes one job of each key: as long as it finds any, there may be more.
      if (isDrained) await wakeUp.wait(pollMs, signal)
    }
  }

  const stop = () => running.stop(signal.reason)
  signal.addEventListener('abort', stop, { once: true })
  const ended = loop().finally(async () => {
    await claims.settle().catch(error => onError(error))
    await running.ended()
    signal.removeEventListener('abort', stop)
  })
  return {
    wake(lane) {
      if (lane !== undefined && !lanes.includes(lane)) return
      isDrained = false
      wakeUp.ring()
    },
    interrupt: id => running.interrupt(id),
    running: () => running.ids(),
    ended,
  }
}
