// Borrowing a connection, so that every way out gives it back: healthy, or with the error that spoilt it.
import { defaults } from '../../config/defaults.ts'
import { LadingError } from '../../errors/lading-error.ts'
import { databaseFault, sqlstate } from '../sqlstate.ts'
import { settingStatements } from '../transaction/single-statement.ts'
import type { Client, Pool, PooledClient, QueryResult } from './pg.ts'
import { watched } from './watchdog.ts'

export type { Client, Pool, PooledClient, QueryResult } from './pg.ts'

/** A connection on loan. `giveBack` is called once, with the error if there was one. */
export interface Checkout {
  readonly client: Client
  /** For what is not a plain query: fails if the connection is silent for too long before this is settled. */
  watch<Answer>(answer: Promise<Answer>): Promise<Answer>
  /** Without an error the pool keeps the connection; with one it is closed, and its transaction with it. */
  giveBack(error?: Error): void
}

/** Seconds without a byte, for the pools that were prepared. */
const patience = new WeakMap<Pool, number>()
const heard = new WeakSet<Pool>()

export interface CheckoutOptions {
  /** False for statements that may take as long as they like, such as a migration. @defaultValue true */
  readonly isWatched?: boolean
  /** Of statements that stand alone; a standby takes only those that read. @defaultValue `'write'` */
  readonly access?: 'read' | 'write'
  /** Ends the waiting for a connection. */
  readonly signal?: AbortSignal | undefined
}

/** @throws LadingError `DATABASE_UNAVAILABLE`, `CANCELLED` by the signal */
export async function checkout(
  pool: Pool,
  { isWatched = true, access = 'write', signal }: CheckoutOptions = {},
): Promise<Checkout> {
  hearErrors(pool)
  const client = await connect(pool, signal)
  // A connection that breaks between two queries emits `error`, which would end the process if nobody listened.
  client.on('error', ignore)
  const seconds = isWatched ? (patience.get(pool) ?? defaults.noProgressSeconds) : Number.POSITIVE_INFINITY
  const { client: ours, watch } = watched(client, seconds * 1000, backend => {
    void endBackend(pool, backend, seconds)
  })
  return {
    client: settingStatements(translated(ours), access),
    watch,
    giveBack(error) {
      client.removeListener('error', ignore)
      client.release(error)
    },
  }
}

/**
 * The one place where errors of the driver and the database become faults, so that no statement can be forgotten.
 * What a stream of COPY meets is translated where the stream is read or written (`copy-in.ts`, `copy-out.ts`).
 */
function translated(client: Client): Client {
  function query<Stream extends NodeJS.EventEmitter & { submit(connection: unknown): void }>(
    stream: Stream,
  ): Stream
  function query(text: string, values?: unknown[]): Promise<QueryResult>
  function query(what: unknown, values?: unknown[]): unknown {
    // Handed on as it is, whichever of the two it is.
    const asked: unknown = client.query(what as string, values)
    return asked instanceof Promise ? asked.catch(rethrow) : asked
  }
  return {
    query,
    on: (...event) => client.on(...event),
    removeListener: (...event) => client.removeListener(...event),
  }
}

function rethrow(error: unknown): never {
  throw databaseFault(error)
}

/**
 * An idle connection that breaks is replaced by its pool, which tells it; if nobody listened, the process would end.
 * A new one may break in the very packet that says it is ready: then the pool listens no more, and whoever wanted it
 * does not have it yet.
 */
function hearErrors(pool: Pool): void {
  if (heard.has(pool)) return
  heard.add(pool)
  pool.on?.('error', ignore)
  pool.on?.('connect', client => client.on('error', ignore))
}

/** Whatever breaks is told to whoever waits for an answer of it. */
function ignore(): void {}

/**
 * A connection was cut off because nothing came any more. Where only the way between is broken, its backend waits on,
 * with the locks of its transaction. Whoever has been silent as long is the same backend, and no later one with its id.
 */
async function endBackend(pool: Pool, backend: number, seconds: number): Promise<void> {
  const sql = `select pg_terminate_backend(pid) from pg_stat_activity
    where pid = $1 and usename = session_user and datname = current_database()
      and state_change <= clock_timestamp() - make_interval(secs => $2)`
  // Best effort: if the database cannot be reached, its own keepalive ends the backend.
  await withClient(pool, client => client.query(sql, [backend, seconds / 2])).catch(() => undefined)
}

/**
 * Runs `work` with a connection of the pool. If `work` throws, the connection is closed and not given back: its
 * transaction, its temporary tables or a half-read COPY would reach the next one who borrows it.
 */
export async function withClient<Result>(
  pool: Pool,
  work: (client: Client) => Promise<Result>,
  options?: CheckoutOptions,
): Promise<Result> {
  const { client, giveBack } = await checkout(pool, options)
  let failure: Error | undefined
  try {
    return await work(client)
  } catch (error) {
    failure = error instanceof Error ? error : new Error('Not an Error was thrown', { cause: error })
    throw error
  } finally {
    giveBack(failure)
  }
}

async function connect(pool: Pool, signal: AbortSignal | undefined): Promise<PooledClient> {
  try {
    return await withTimeout(pool.connect(), signal)
  } catch (error) {
    if (signal?.aborted === true) {
      throw new LadingError(
        'CANCELLED',
        'It was cancelled while it waited for a connection; nothing was done.',
        {
          cause: error,
        },
      )
    }
    if (sqlstate(error) !== undefined) throw databaseFault(error)
    throw new LadingError(
      'DATABASE_UNAVAILABLE',
      'The database cannot be reached; check its address, that it runs, and that it has connections left.',
      { cause: error },
    )
  }
}

/** A connection that comes when nobody waits for it any more goes back at once. */
async function withTimeout(
  connecting: Promise<PooledClient>,
  signal: AbortSignal | undefined,
): Promise<PooledClient> {
  if (signal === undefined) return connecting
  let giveUp = () => {}
  try {
    return await new Promise<PooledClient>((resolve, reject) => {
      giveUp = () => reject(signal.reason)
      if (signal.aborted) giveUp()
      signal.addEventListener('abort', giveUp, { once: true })
      connecting.then(client => (signal.aborted ? client.release() : resolve(client)), reject)
    })
  } finally {
    signal.removeEventListener('abort', giveUp)
  }
}

/**
 * Makes a pool ready: its errors are heard, and its connections watched.
 *
 * @param noProgressSeconds undefined: as somebody said of this pool before, else the default
 * @throws LadingError `CONFIG_INVALID` if the pool would break long COPYs.
 */
export function checkPool(pool: Pool, noProgressSeconds?: number): void {
  if ((pool.options?.query_timeout ?? 0) > 0) {
    throw new LadingError(
      'CONFIG_INVALID',
      'The pool has a query_timeout, which ends a healthy COPY after that time; remove it from the pool that Lading uses.',
    )
  }
  hearErrors(pool)
  if (noProgressSeconds === undefined) return
  if (!(noProgressSeconds >= 1 && noProgressSeconds <= 86_400)) {
    throw new LadingError('CONFIG_INVALID', 'The option noProgressSeconds must be from 1 to 86400.')
  }
  patience.set(pool, noProgressSeconds)
}

/** What the `pg` pool was made with; 10 is its own default. */
export function poolSize({ options }: Pool): number {
  return options?.max ?? 10
}
