// The queue contract: how workers are notified of work.
import type { Client, Pool } from '../postgres/pool/checkout.ts'

export interface WakeOptions {
  /** A connection in a transaction of the caller: the wake-up is sent with its commit, or not at all. */
  readonly client?: Client | undefined
}

export interface QueueListener {
  /** Lanes to listen to. */
  readonly lanes: readonly string[]
  /** There may be work in this lane. Undefined: wake-ups may have been missed, so there may be work in any. */
  readonly onWake: (lane: string | undefined) => void
  /** If this job is running here, it should stop. */
  readonly onInterrupt: (jobId: string) => void
  /** Called with errors while listening; the queue recovers by itself. */
  readonly onError: (error: unknown) => void
  /** Stops listening. */
  readonly signal: AbortSignal
}

/**
 * Wakes workers and interrupts running jobs. The job's row decides which job runs next, on which worker, and when it
 * is retried: a queue stores no jobs, no leases and no counts.
 *
 * It may lose, repeat and delay wake-ups, because workers also poll.
 *
 * A *lane* names a kind of work and the storage that it needs. It is an opaque text of up to 500 bytes.
 */
export interface Queue {
  /** True if `wake` can join a transaction. A queue outside the database cannot. */
  readonly joinsTransactions: boolean

  /**
   * Returns the same queue on this pool. `createJobs` passes the pool of its jobs; only a queue in the same database
   * needs this method. Called twice: two queues.
   */
  withPool?(pool: Pool): Queue

  /**
   * Wakes the workers of a lane in all processes. Twice: does nothing more.
   *
   * @throws LadingError `CONFIG_INVALID` for a `client`, if the queue cannot join transactions;
   * `DATABASE_UNAVAILABLE` if the wake-up could not be sent, which is harmless
   */
  wake(lane: string, options?: WakeOptions): Promise<void>

  /**
   * Interrupts a job in the process that runs it. The interrupt may be lost: the job then finds out later. Twice, or
   * while the job is not running: does nothing.
   *
   * @throws LadingError `DATABASE_UNAVAILABLE`
   */
  interrupt(jobId: string): Promise<void>

  /**
   * Listens until the signal, and resolves once connections are released. Reconnects after failures. Twice: two
   * listeners.
   */
  listen(listener: QueueListener): Promise<void>

  /** Rejects if the queue does not work now. Changes nothing. Absent: it always works. */
  check?(): Promise<void>

  /** Ends all listeners, as their signals would. Twice: does nothing. */
  close?(): Promise<void>
}
