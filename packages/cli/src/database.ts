// The database that the options name: connected for the time of some work, and left in order on every way out.
import { Socket } from 'node:net'
import { LadingError, waitForDatabase } from '@lading/core'
import { Client, Pool } from 'pg'
import { startEmbedded } from './embedded.ts'
import { CommandError, exitCode, usageError } from './exit.ts'
import { listenForInterrupts } from './interrupts.ts'

export interface DatabaseOptions {
  readonly databaseUrl?: string
  readonly embedded?: boolean
  /** Connections at most. @defaultValue 10 */
  readonly poolSize?: number
  /** The command goes on for as long as it is let, and so waits for a database that cannot be reached yet. */
  readonly isService?: boolean
}

export interface Database {
  readonly pool: Pool
  /** Aborts when the user wants the command to end; what `work` throws then counts as the interrupt. */
  readonly interrupted: AbortSignal
  /** Aborts when the user does not want to wait for that either. */
  readonly interruptedTwice: AbortSignal
  /** Breaks all connections, so that nothing waits for the database any longer. */
  readonly cut: () => void
}

/** @throws CommandError if no database is named, or more than one; and whatever `work` throws */
export async function withDatabase<Result>(
  options: DatabaseOptions,
  work: (database: Database) => Promise<Result>,
): Promise<Result> {
  const named = namedUrl(options)
  const interrupts = listenForInterrupts()
  try {
    const server = named === undefined ? await startEmbedded() : undefined
    try {
      interrupts.first.throwIfAborted()
      return await withPool(named ?? server?.url ?? '', options.poolSize ?? 10, async (pool, cut) => {
        interrupts.second.addEventListener('abort', cut)
        await waitForDatabase(pool, {
          until: options.isService === true ? 'reach' : 'start',
          onWait: sentence => process.stderr.write(`lading: ${sentence}\n`),
          signal: interrupts.first,
        })
        return work({ pool, cut, interrupted: interrupts.first, interruptedTwice: interrupts.second })
      })
    } finally {
      await server?.stop()
    }
  } catch (error) {
    throw interrupts.first.aborted ? asInterrupted(error) : error
  } finally {
    interrupts.close()
  }
}

/** What breaks after an interrupt broke because of it; an import says by itself how far it came. */
function asInterrupted(error: unknown): unknown {
  if (error instanceof CommandError) return error
  if (error instanceof LadingError && error.code === 'CANCELLED') return error
  return new CommandError(exitCode.interrupted, 'Interrupted.', { cause: error })
}

/** The URL of the user's database, or undefined where the embedded one was asked for. */
function namedUrl({ databaseUrl, embedded = false }: DatabaseOptions): string | undefined {
  if (embedded && databaseUrl !== undefined) {
    throw usageError('Use either --embedded or --database-url: each names a database.')
  }
  if (embedded) return undefined
  const fromEnvironment = process.env.DATABASE_URL
  const url = databaseUrl ?? (fromEnvironment === '' ? undefined : fromEnvironment)
  if (url === undefined) {
    throw usageError(
      'No database is named: set DATABASE_URL in the environment, pass --database-url URL, or use --embedded for a PostgreSQL of its own.',
    )
  }
  assertUrl(url, databaseUrl === undefined ? 'DATABASE_URL' : '--database-url')
  return url
}

/** The URL itself is never shown: it may hold a password. */
function assertUrl(url: string, place: string): void {
  const problem = usageError(
    `${place} is no PostgreSQL URL; it looks like postgresql://user:password@host:5432/database, with special characters percent-encoded.`,
  )
  if (!/^(postgres(ql)?:\/\/|socket:|\/)/.test(url)) throw problem
  try {
    // Only reads it, and connects nowhere.
    new Client({ connectionString: url })
  } catch {
    throw problem
  }
}

async function withPool<Result>(
  connectionString: string,
  max: number,
  work: (pool: Pool, cut: () => void) => Promise<Result>,
): Promise<Result> {
  const sockets = new Set<Socket>()
  const pool = new Pool({
    connectionString,
    max,
    // A name in the URL or in PGAPPNAME wins over it.
    fallback_application_name: 'lading cli',
    keepAlive: true,
    connectionTimeoutMillis: 10_000,
    stream: () => {
      const socket = new Socket()
      sockets.add(socket)
      return socket
    },
  })
  // A connection that breaks while idle is replaced by the pool; without a listener it would end the process.
  pool.on('error', () => undefined)
  try {
    return await work(pool, () => {
      for (const socket of sockets) socket.destroy()
    })
  } finally {
    await pool.end()
  }
}
