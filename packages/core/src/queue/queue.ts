// How the ids of jobs reach those who work on them: the contract that every queue fulfils.
import type { Client } from '../postgres/client.ts'

/** A `fetch` is an import whose file lies elsewhere still; when it has come, the job is enqueued as an `import`. */
export type QueueKind = 'import' | 'export' | 'fetch'

export interface QueueMessage {
  readonly jobId: string
  /** Its jobs take turns with those of other resources. Of a `fetch`: whoever is to take turns, such as a tenant. */
  readonly resource: string
  readonly kind: QueueKind
  /** Not delivered before this moment. @defaultValue at once */
  readonly notBefore?: Date | undefined
  /** Delivered only to consumers with this `storage`, by a queue that `selectsByStorage`. @defaultValue to all */
  readonly storage?: string | undefined
}

/** Of `enqueue`, and of `forget`. */
export interface EnqueueOptions {
  /** A connection inside a transaction of the caller: the message comes to be or goes, or not, with its commit. */
  readonly client?: Client | undefined
}

export interface ConsumeOptions {
  readonly kind: QueueKind
  /** Handlers that run at the same time, from 1. */
  readonly concurrency: number
  /** Handlers of one `resource` that run at the same time, so that others always find a place. @defaultValue no limit */
  readonly concurrencyPerResource?: number | undefined
  /** The storage that this consumer has: it gets messages for this one, and those for all. @defaultValue only those for all */
  readonly storage?: string | undefined
  /** Ends the consumer. */
  readonly signal: AbortSignal
  /**
   * Works on one job. When it resolves, the message is done with. When it rejects, the message comes again: after
   * a pause that doubles each time, or at once to others if it was asked to stop.
   *
   * Its signal comes when the consumer is to end, when the message was given to somebody else because this
   * process was taken for dead, and when somebody interrupts the job. A handler that stops for it and is not done must reject.
   */
  readonly handler: (jobId: string, context: { readonly signal: AbortSignal }) => Promise<void>
}

/**
 * Delivers ids of jobs *at least once*: never forgets one, but may deliver it again, late, out of order, or while
 * another handler still runs. What makes a job exactly-once is the lease in its own row, not the queue.
 *
 * It never gives up on a message; whether a job has failed for good is for the job to know.
 */
export interface Queue {
  /** True if `enqueue` and `forget` can join a transaction; a queue outside of the database cannot. */
  readonly joinsTransactions: boolean

  /**
   * True if a message with a `storage` is delivered only to consumers of that one, and holds up no other message. With
   * a queue that cannot, such a message may reach a worker that has not got its file; it is then rejected, and comes
   * again after a pause. @defaultValue false
   */
  readonly selectsByStorage?: boolean

  /**
   * Twice for one job, while its message waits: one message, at the earlier of the two moments. While a handler
   * runs: it is delivered once more after that. With another kind, resource or storage than before: the last ones count.
   *
   * @throws LadingError `QUEUE_FULL` beyond the limit, `DATABASE_UNAVAILABLE`.
   * @throws LadingError `CONFIG_INVALID` for a `client`, if the queue cannot join transactions.
   */
  enqueue(message: QueueMessage, options?: EnqueueOptions): Promise<void>

  /**
   * Delivers messages of one kind until the signal comes, and resolves when the handlers that run have ended.
   * Breakdowns of the queue are waited out. Twice: two consumers, which share the messages.
   *
   * @throws LadingError if the very first look into the queue shows that it is set up wrongly.
   */
  consume(options: ConsumeOptions): Promise<void>

  /** Messages of this kind that wait for a handler, also those that wait for a moment. Changes nothing. */
  depth(kind: QueueKind): Promise<number>

  /**
   * Takes back a message that still waits. Twice, or without one: does nothing. A handler that runs goes on. A queue
   * without it keeps the places of jobs that were cancelled until their messages are delivered.
   *
   * @throws LadingError `CONFIG_INVALID` for a `client`, if the queue cannot join transactions.
   */
  forget?(jobId: string, options?: EnqueueOptions): Promise<void>

  /**
   * Asks the handlers of this job to stop, in whatever process they run: their signal comes, and if they reject, the
   * message comes again at once. May reach nobody; a job that must stop has to find out by itself sooner or later.
   * Twice, or while no handler runs: does nothing.
   */
  interrupt?(jobId: string): Promise<void>

  /** Ends all consumers as their signals would, and lets go of connections. Twice: does nothing. */
  close(): Promise<void>
}
