// How workers hear that there may be work: the contract that every queue fulfils.
import type { Client, Pool } from '../postgres/pool/client.ts'

export interface WakeOptions {
  /** A connection inside a transaction of the caller: the wake-up is sent with its commit, or not at all. */
  readonly client?: Client | undefined
}

export interface QueueListener {
  /** Lanes to hear of. */
  readonly lanes: readonly string[]
  /** There may be work in this lane. Undefined: wake-ups may have been missed, so there may be work in any. */
  readonly onWake: (lane: string | undefined) => void
  /** If this job runs here, it should stop. */
  readonly onInterrupt: (jobId: string) => void
  /** Receives what broke while listening; the queue recovers by itself. */
  readonly onError: (error: unknown) => void
  /** Ends the listening. */
  readonly signal: AbortSignal
}

/**
 * Wakes workers, and interrupts running jobs. Which job is to be done, by whom, and when it is tried again is for the
 * job's row to say: a queue holds no jobs, no leases and no counts.
 *
 * It may lose, repeat and delay wake-ups, because workers also look by themselves every now and then.
 *
 * A *lane* names a kind of work, and the storage that it needs. It is an opaque text of up to 500 bytes.
 */
export interface Queue {
  /** True if `wake` can join a transaction. A queue outside the database cannot. */
  readonly joinsTransactions: boolean

  /**
   * The same queue on this pool. `createJobs` calls it with the pool of its jobs, so that only a queue in the same
   * database needs it. Called twice: two queues.
   */
  withPool?(pool: Pool): Queue

  /**
   * Wakes the workers of a lane, in all processes. Twice: does nothing more.
   *
   * @throws LadingError `CONFIG_INVALID` for a `client`, if the queue cannot join transactions;
   * `DATABASE_UNAVAILABLE` if the wake-up could not be sent, which does no harm
   */
  wake(lane: string, options?: WakeOptions): Promise<void>

  /**
   * Interrupts a job in whatever process runs it. It may reach nobody: a job that must stop finds out by itself later.
   * Twice, or while the job does not run: does nothing.
   *
   * @throws LadingError `DATABASE_UNAVAILABLE`
   */
  interrupt(jobId: string): Promise<void>

  /**
   * Listens until the signal, and resolves once connections are released. Waits out breakdowns. Twice: two listeners.
   */
  listen(listener: QueueListener): Promise<void>

  /** Rejects if the queue does not work now. Changes nothing. @defaultValue it always works */
  check?(): Promise<void>

  /** Ends all listeners, as their signals would. Twice: does nothing. */
  close?(): Promise<void>
}
