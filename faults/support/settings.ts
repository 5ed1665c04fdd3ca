// The input of a worker process, and its output; both as JSON.

export type Sabotage = 'checkpoint' | 'fence' | 'counters'

/** Steps inside of a transaction, at which the connection itself is cut; see `wire.ts`. */
export type Cut =
  | 'before_begin'
  | 'after_begin'
  | 'after_fence'
  | 'mid_copy'
  | 'after_copy'
  | 'after_errors'
  | 'after_checkpoint'
  | 'before_commit'
  | 'after_commit_before_ack'

export interface WorkerSettings {
  readonly databaseUrl: string
  /** Of the storage. */
  readonly folder: string
  readonly task:
    | { readonly name: 'work' }
    | { readonly name: 'import'; readonly file: string }
    | { readonly name: 'import-bundle'; readonly file: string }
    | { readonly name: 'export' }
    | { readonly name: 'migrate'; readonly folders: readonly string[] }
  readonly leaseSeconds: number
  readonly batchRows: number
  /** `name:n` or `name:n:signal`: the signal that the process sends to itself when it comes past for the n-th time. */
  readonly failpoint?: string | undefined
  readonly sabotage?: Sabotage | undefined
  /** The queue does not join transactions, like one outside of the database. */
  readonly queueApart?: boolean | undefined
  /** A hook keeps the event loop busy at the record of this number, once, until there is such a file. */
  readonly block?: { readonly atRecord: number; readonly untilThereIs: string } | undefined
  readonly resource?: 'cargo' | 'users' | undefined
  /** This many tables of `fleet.ts`. */
  readonly fleet?: number | undefined
  /** From where files are fetched. */
  readonly allow?: string | undefined
  /** @defaultValue 100 */
  readonly maxAttempts?: number | undefined
  /** @defaultValue 200 */
  readonly maxBackoffMs?: number | undefined
  readonly poolSize?: number | undefined
  /** Of each job. @defaultValue 1 */
  readonly connections?: number | undefined
  /** The end of a batch that is cut waits until so many are open. @defaultValue 1 */
  readonly cutWithOpen?: number | undefined
  /**
   * Seconds for which a connection may move no byte while an answer is due. So long that a busy machine is not taken
   * for a silent one: a worker that gives a batch up claims its job once more than a test counts.
   *
   * @defaultValue 30
   */
  readonly patienceSeconds?: number | undefined
}

export type WorkerEvent =
  | { readonly event: 'ready' }
  | { readonly event: 'fired'; readonly name: string }
  | { readonly event: 'ended'; readonly job: string; readonly how: string }
  | { readonly event: 'submitted'; readonly job: string }
  | { readonly event: 'unhandled'; readonly error: string }
  | { readonly event: 'fault'; readonly error: string }
  | {
      readonly event: 'done'
      readonly peakBytes: number
      readonly beats: number
      readonly maxDelayMs: number
    }

export const applicationName = 'lading fault worker'
