// The database from the options: connected while a command works, and always closed cleanly.
import { Socket } from 'node:net'
import { LadingError, waitForDatabase } from '@lading/core'
import { Client, Pool } from 'pg'
import { startEmbedded } from './embedded.ts'
import { CommandError, exitCode, usageError } from './exit.ts'
import { listenForInterrupts } from './interrupts.ts'
import type { CommandIo } from './io.ts'

export interface DatabaseOptions {
  readonly databaseUrl?: string
  readonly embedded?: boolean
  /** The maximum number of connections. @defaultValue 10 */
  readonly poolSize?: number
  /** The command runs until it is stopped, so it also waits for a database that cannot be reached yet. */
  readonly isService?: boolean
}

export interface CommandDatabase {
  readonly pool: Pool
  /** Aborts when the user interrupts the command. After that, an error of `work` is reported as the interrupt. */
  readonly interrupted: AbortSignal
  /** Aborts at the second interrupt. */
  readonly interruptedTwice: AbortSignal
  /** Breaks all connections, so that nothing waits for the database any longer. */
  readonly destroyConnections: () => void
}

/** @throws CommandError if no database is given, or more than one; and any error of `work` */
export async function withDatabase<Result>(
  options: DatabaseOptions,
  io: CommandIo,
  work: (database: CommandDatabase) => Promise<Result>,
): Promise<Result> {
  const userUrl = urlFrom(options, io)
  const interrupts = listenForInterrupts()
  try {
    const server = userUrl === undefined ? await startEmbedded(io) : undefined
    try {
      interrupts.first.throwIfAborted()
      return await withPool(userUrl ?? server?.url ?? '', options.poolSize ?? 10, async (pool, cut) => {
        interrupts.second.addEventListener('abort', cut)
        await waitForDatabase(pool, {
          until: options.isService === true ? 'reach' : 'start',
          onWait: sentence => io.stderr.write(`lading: ${sentence}\n`),
          signal: interrupts.first,
        })
        return work({
          pool,
          destroyConnections: cut,
          interrupted: interrupts.first,
          interruptedTwice: interrupts.second,
        })
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

/** An error after an interrupt was caused by it; an import reports its own progress. */
function asInterrupted(error: unknown): unknown {
  if (error instanceof CommandError) return error
  if (error instanceof LadingError && error.code === 'CANCELLED') return error
  return new CommandError(exitCode.interrupted, 'Interrupted.', { cause: error })
}

/** The URL of the user's database; undefined for the embedded one. */
function urlFrom({ databaseUrl, embedded = false }: DatabaseOptions, { env }: CommandIo): string | undefined {
  if (embedded && databaseUrl !== undefined) {
    throw usageError('Use either --embedded or --database-url, not both.')
  }
  if (embedded) return undefined
  const fromEnvironment = env.DATABASE_URL
  const url = databaseUrl ?? (fromEnvironment === '' ? undefined : fromEnvironment)
  if (url === undefined) {
    throw usageError(
      'No database was given: set DATABASE_URL in the environment, pass --database-url URL, or use --embedded for a PostgreSQL of its own.',
    )
  }
  assertUrl(url, databaseUrl === undefined ? 'DATABASE_URL' : '--database-url')
  return url
}

/** The URL itself is never shown: it may contain a password. */
function assertUrl(url: string, source: string): void {
  const problem = usageError(
    `${source} is not a PostgreSQL URL; it must look like postgresql://user:password@host:5432/database, with special characters percent-encoded.`,
  )
  if (!/^(postgres(ql)?:\/\/|socket:|\/)/.test(url)) throw problem
  try {
    // Only parses the URL, and does not connect.
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
    // A name in the URL or in PGAPPNAME overrides it.
    fallback_application_name: 'lading cli',
    keepAlive: true,
    connectionTimeoutMillis: 10_000,
    stream: () => {
      const socket = new Socket()
      sockets.add(socket)
      return socket
    },
  })
  // The pool replaces a broken idle connection; without a listener the error would end the process.
  pool.on('error', () => undefined)
  try {
    return await work(pool, () => {
      for (const socket of sockets) socket.destroy()
    })
  } finally {
    await pool.end()
  }
}
