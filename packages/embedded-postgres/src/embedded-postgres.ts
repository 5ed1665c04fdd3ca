/** Starts the PostgreSQL of a data folder, or joins the one that runs there, until stop() releases it. */
import { mkdir, realpath } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { ensureCluster } from './cluster.ts'
import { ensureDatabase } from './connect.ts'
import { dataDirError, errnoOf } from './embedded-error.ts'
import { addHolder, countLiveHolders, removeHolder } from './holders.ts'
import { type Installation, prepareSite } from './installation.ts'
import { withLock } from './lock.ts'
import { readPostmasterPid } from './postmaster-pid.ts'
import { joinOrStart, type Server } from './server.ts'
import { stopServer } from './stop-server.ts'

export interface EmbeddedPostgresOptions {
  /** Folder that holds the database; created if missing. */
  dataDir: string
  /** TCP port. @defaultValue any free port (an already running server of this folder keeps its own) */
  port?: number | undefined
  /** Database to create if missing. @defaultValue 'postgres' */
  database?: string | undefined
  /**
   * Settings as in postgresql.conf for a newly started server, such as `{ max_connections: 200, fsync: 'off' }`.
   * A running server keeps the settings it was started with. Its address cannot be changed.
   */
  settings?: Readonly<Record<string, string | number | boolean>> | undefined
}

/** A running server, as one of its holders sees it. */
export interface EmbeddedPostgres extends AsyncDisposable {
  /** `postgresql://postgres:<password>@127.0.0.1:<port>/<database>` */
  readonly url: string
  readonly port: number
  /** The pid of the postmaster. */
  readonly pid: number
  /**
   * Releases this holder. The last live holder stops the server and waits until all its processes have exited. A second
   * call does nothing more.
   *
   * @throws EmbeddedPostgresError STOP_FAILED if the server does not exit
   */
  stop(): Promise<void>
}

/**
 * Starts a PostgreSQL on the folder, or joins the one that runs on it, even if a killed process left it running.
 * The server does not keep this process alive. A process that exits without stop() leaves it to the next start.
 *
 * @example
 * ```ts
 * const postgres = await startEmbeddedPostgres({ dataDir: '.lading/postgres', database: 'lading' })
 * const pool = new Pool({ connectionString: postgres.url })
 * // … and when the work is done
 * await pool.end()
 * await postgres.stop()
 * ```
 *
 * @throws EmbeddedPostgresError with the code PLATFORM_UNSUPPORTED, DATA_DIR_UNUSABLE, INITDB_FAILED,
 * START_FAILED, PORT_TAKEN or LOCK_TIMEOUT
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  try {
    const dataDir = await openFolder(options.dataDir)
    return await withLock(lockOf(dataDir), () => acquire(dataDir, options))
  } catch (error) {
    throw dataDirError(options.dataDir, error)
  }
}

/** The real path of the folder, because locks and processes are found by it. */
async function openFolder(dataDir: string): Promise<string> {
  await mkdir(resolve(dataDir), { recursive: true })
  return realpath(dataDir)
}

function lockOf(dataDir: string): string {
  return join(dataDir, 'lock')
}

function holdersOf(dataDir: string): string {
  return join(dataDir, 'holders')
}

async function acquire(dataDir: string, options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const { port, database = 'postgres', settings = {} } = options
  const site = await prepareSite(dataDir)
  await ensureCluster(site)
  const server = await joinOrStart(site, { port, settings })
  try {
    await ensureDatabase(server, database)
    return createHandle(site, server, database, await addHolder(holdersOf(dataDir)))
  } catch (error) {
    await stopUnlessHeld(site, server)
    throw error
  }
}

function createHandle(
  site: Installation,
  server: Server,
  database: string,
  holder: string,
): EmbeddedPostgres {
  let stopped: Promise<void> | undefined
  const stop = () => {
    stopped ??= release(site, server, holder)
    return stopped
  }
  return {
    url: `postgresql://postgres:${server.password}@127.0.0.1:${server.port}/${encodeURIComponent(database)}`,
    port: server.port,
    pid: server.pid,
    stop,
    [Symbol.asyncDispose]: stop,
  }
}

async function release(site: Installation, server: Server, holder: string): Promise<void> {
  try {
    await withLock(lockOf(site.dataDir), async () => {
      await removeHolder(holder)
      await stopUnlessHeld(site, server)
    })
  } catch (error) {
    if (errnoOf(error) !== 'ENOENT') throw error
    // The data folder was deleted under the server, and with it all other holders.
    await stopServer(site, server.pid)
  }
}

async function stopUnlessHeld(site: Installation, server: Server): Promise<void> {
  if ((await countLiveHolders(holdersOf(site.dataDir))) > 0) return
  // Another holder may have started a new server after this holder's one was killed.
  const running = await readPostmasterPid(site.cluster)
  await stopServer(site, running?.pid ?? server.pid)
}
