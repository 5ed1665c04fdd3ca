// Checks out connections of a pool: every exit path returns them, healthy or with the error that broke them.
import { defaults } from '../../config/defaults.ts'
import { numberWithin } from '../../config/numbers.ts'
import { LadingError } from '../../errors/lading-error.ts'
import { databaseFault, sqlstate } from '../sqlstate.ts'
import { withStandaloneSettings } from '../transaction/single-statement.ts'
import type { Client, Pool, PooledClient, QueryResult } from './pg.ts'
import { withWatchdog } from './watchdog.ts'

export type { Client, Pool, PooledClient, QueryResult } from './pg.ts'

/** A connection that was checked out. Call `giveBack` once, with the error if there was one. */
export interface Checkout {
  readonly client: Client
  /** For anything but a plain query: fails if the connection is silent for too long before `answer` settles. */
  watch<Answer>(answer: Promise<Answer>): Promise<Answer>
  /** Without an error the pool reuses the connection; with one it closes the connection, which ends its transaction. */
  release(error?: Error): void
}

/** Seconds without a byte before a connection is cut off, by pool. */
const idleLimits = new WeakMap<Pool, number>()
const preparedPools = new WeakSet<Pool>()

export interface CheckoutOptions {
  /** False for statements that may take any time, such as a migration. @defaultValue true */
  readonly isWatched?: boolean
  /** Access mode of statements outside a transaction; a standby accepts only `'read'`. @defaultValue `'write'` */
  readonly access?: 'read' | 'write'
  /** Ends the wait for a connection. */
  readonly signal?: AbortSignal | undefined
}

/** @throws LadingError `DATABASE_UNAVAILABLE`, `CANCELLED` by the signal */
export async function checkout(
  pool: Pool,
  { isWatched = true, access = 'write', signal }: CheckoutOptions = {},
): Promise<Checkout> {
  handlePoolErrors(pool)
  const client = await connect(pool, signal)
  // A connection that breaks between two queries emits `error`, which would end the process without a listener.
  client.on('error', ignore)
  const seconds = isWatched ? (idleLimits.get(pool) ?? defaults.noProgressSeconds) : Number.POSITIVE_INFINITY
  const { client: watchedClient, watch } = withWatchdog(client, seconds * 1000, backend => {
    void endBackend(pool, backend, seconds)
  })
  return {
    client: withStandaloneSettings(withFaults(watchedClient), access),
    watch,
    release(error) {
      client.removeListener('error', ignore)
      client.release(error)
    },
  }
}

/**
 * The single place where errors of the driver and the database become faults, so that no statement is missed. Errors of
 * a COPY stream are translated where the stream is read or written (`copy-in.ts`, `copy-out.ts`).
 */
function withFaults(client: Client): Client {
  function query<Stream extends NodeJS.EventEmitter & { submit(connection: unknown): void }>(
    stream: Stream,
  ): Stream
  function query(text: string, values?: unknown[]): Promise<QueryResult>
  function query(textOrStream: unknown, values?: unknown[]): unknown {
    // Passed on unchanged, a text or a stream.
    const result: unknown = client.query(textOrStream as string, values)
    return result instanceof Promise ? result.catch(rethrow) : result
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
 * A pool replaces an idle connection that breaks, and emits `error`; without a listener the process would end. A new
 * connection may break in the packet that says it is ready: the pool has then stopped listening, and the caller does
 * not have the connection yet.
 */
function handlePoolErrors(pool: Pool): void {
  if (preparedPools.has(pool)) return
  preparedPools.add(pool)
  pool.on?.('error', ignore)
  pool.on?.('connect', client => client.on('error', ignore))
}

/** The pending query rejects with the error, so the event needs no handling. */
function ignore(): void {}

/**
 * Ends the backend of a connection that was cut off because it was silent. If only the network path broke, the backend
 * still waits and holds its locks. The idle time proves that this is the same backend, and not a later one with its id.
 */
async function endBackend(pool: Pool, backend: number, seconds: number): Promise<void> {
  const sql = `select pg_terminate_backend(pid) from pg_stat_activity
    where pid = $1 and usename = session_user and datname = current_database()
      and state_change <= clock_timestamp() - make_interval(secs => $2)`
  // Best effort: if the database cannot be reached, its own keepalive ends the backend.
  await withClient(pool, client => client.query(sql, [backend, seconds / 2])).catch(() => undefined)
}

/**
 * Runs `work` with a connection of the pool. If `work` throws, the connection is closed and not reused: otherwise its
 * transaction, its temporary tables or a half-read COPY would affect the next user.
 */
export async function withClient<Result>(
  pool: Pool,
  work: (client: Client) => Promise<Result>,
  options?: CheckoutOptions,
): Promise<Result> {
  const { client, release } = await checkout(pool, options)
  let failure: Error | undefined
  try {
    return await work(client)
  } catch (error) {
    failure =
      error instanceof Error ? error : new Error('A value that is not an Error was thrown', { cause: error })
    throw error
  } finally {
    release(failure)
  }
}

async function connect(pool: Pool, signal: AbortSignal | undefined): Promise<PooledClient> {
  try {
    return await untilAborted(pool.connect(), signal)
  } catch (error) {
    if (signal?.aborted === true) {
      throw new LadingError(
        'CANCELLED',
        'The operation was cancelled while it waited for a connection; nothing was done.',
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

/** A connection that arrives after the signal was aborted is released immediately. */
async function untilAborted(
  connecting: Promise<PooledClient>,
  signal: AbortSignal | undefined,
): Promise<PooledClient> {
  if (signal === undefined) return connecting
  let onAbort = () => {}
  try {
    return await new Promise<PooledClient>((resolve, reject) => {
      onAbort = () => reject(signal.reason)
      if (signal.aborted) onAbort()
      signal.addEventListener('abort', onAbort, { once: true })
      connecting.then(client => (signal.aborted ? client.release() : resolve(client)), reject)
    })
  } finally {
    signal.removeEventListener('abort', onAbort)
  }
}

/**
 * Prepares a pool: handles its `error` events and sets the time limit for silent connections.
 *
 * @param noProgressSeconds from 1 to 86400; undefined keeps the earlier value of this pool, else the default
 * @throws LadingError `CONFIG_INVALID` for a number out of range, or a pool that would break long COPYs
 */
export function checkPool(pool: Pool, noProgressSeconds?: number): void {
  if ((pool.options?.query_timeout ?? 0) > 0) {
    throw new LadingError(
      'CONFIG_INVALID',
      'The pool has a query_timeout, which ends a healthy COPY after that time; remove it from the pool that Lading uses.',
    )
  }
  handlePoolErrors(pool)
  if (noProgressSeconds === undefined) return
  idleLimits.set(pool, numberWithin('noProgressSeconds', noProgressSeconds, { minimum: 1, maximum: 86_400 }))
}

/** The maximum size of a `pg` pool; 10 is the default of `pg`. */
export function poolSize({ options }: Pool): number {
  return options?.max ?? 10
}
