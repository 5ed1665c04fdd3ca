// Borrowing a connection, so that every way out gives it back: healthy, or with the error that spoilt it.
import { LadingError } from '../errors/lading-error.ts'
import { databaseFault, sqlstate } from './sqlstate.ts'

export interface QueryResult<Row = Record<string, unknown>> {
  readonly rows: Row[]
  readonly rowCount: number | null
}

/** The part of a `pg` client that is used here, so that types of any pg 8 fit. */
export interface Client {
  query<Stream extends NodeJS.EventEmitter & { submit(connection: unknown): void }>(stream: Stream): Stream
  query(text: string, values?: unknown[]): Promise<QueryResult>
  on(event: 'error', listener: (error: Error) => void): unknown
  removeListener(event: 'error', listener: (error: Error) => void): unknown
}

export interface PooledClient extends Client {
  release(error?: Error | boolean): void
}

/** The part of a `pg.Pool` that is used here. */
export interface Pool {
  connect(): Promise<PooledClient>
  readonly options?: { readonly query_timeout?: number | undefined }
}

/** A connection on loan. `giveBack` is called once, with the error if there was one. */
export interface Loan {
  readonly client: Client
  /** Without an error the pool keeps the connection; with one it is closed, and its transaction with it. */
  giveBack(error?: Error): void
}

/** @throws LadingError `DATABASE_UNAVAILABLE` */
export async function borrow(pool: Pool): Promise<Loan> {
  const client = await connect(pool)
  // A connection that breaks between two queries emits `error`, which would end the process if nobody listened.
  const ignore = () => undefined
  client.on('error', ignore)
  return {
    client,
    giveBack(error) {
      client.removeListener('error', ignore)
      client.release(error)
    },
  }
}

/**
 * Runs `work` with a connection of the pool. If `work` throws, the connection is closed and not given back: its
 * transaction, its temporary tables or a half-read COPY would reach the next one who borrows it.
 */
export async function withClient<Result>(
  pool: Pool,
  work: (client: Client) => Promise<Result>,
): Promise<Result> {
  const { client, giveBack } = await borrow(pool)
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

async function connect(pool: Pool): Promise<PooledClient> {
  try {
    return await pool.connect()
  } catch (error) {
    if (sqlstate(error) !== undefined) throw databaseFault(error)
    throw new LadingError(
      'DATABASE_UNAVAILABLE',
      'The database cannot be reached; check its address, that it runs, and that it has connections left.',
      { cause: error },
    )
  }
}

/** @throws LadingError `CONFIG_INVALID` if the pool would break long COPYs. */
export function checkPool(pool: Pool): void {
  if ((pool.options?.query_timeout ?? 0) > 0) {
    throw new LadingError(
      'CONFIG_INVALID',
      'The pool has a query_timeout, which ends a healthy COPY after that time; remove it from the pool that Lading uses.',
    )
  }
}
