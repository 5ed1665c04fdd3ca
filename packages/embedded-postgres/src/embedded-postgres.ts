/** Starts the PostgreSQL of a data folder, or joins the one that runs there, and gives it back. */
import { mkdir, realpath } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { ensureCluster } from './cluster.ts'
import { ensureDatabase } from './database.ts'
import { dataDirError, errnoOf } from './errors.ts'
import { addHolder, countLiveHolders, removeHolder } from './holders.ts'
import { withLock } from './lock.ts'
import { readPostmasterPid } from './postmaster-pid.ts'
import { joinOrStart, type Server } from './server.ts'
import { prepareSite, type Site } from './site.ts'
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
   * A server that runs already keeps those it was started with, and its address is not up for change.
   */
  settings?: Readonly<Record<string, string | number | boolean>> | undefined
}

/** One holder's share in a running server. */
export interface EmbeddedPostgres extends AsyncDisposable {
  /** `postgresql://postgres:<password>@127.0.0.1:<port>/<database>` */
  readonly url: string
  readonly port: number
  /** Of the postmaster. */
  readonly pid: number
  /**
   * Gives this holder back; the last live holder stops the server and waits until all its processes are gone.
   * A second call does nothing more. Throws STOP_FAILED when the server does not end.
   */
  stop(): Promise<void>
}

/**
 * Starts a PostgreSQL on the folder, or joins the one that runs on it, also one that a killed process has left.
 * The server does not keep this process alive; one that ends without stop() leaves it to the next start.
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
    return await withLock(lockOf(dataDir), () => hold(dataDir, options))
  } catch (error) {
    throw dataDirError(options.dataDir, error)
  }
}

/** One folder has one name, whichever way it was given: locks and processes are found by it. */
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

async function hold(dataDir: string, options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const { port, database = 'postgres', settings = {} } = options
  const site = await prepareSite(dataDir)
  await ensureCluster(site)
  const server = await joinOrStart(site, { port, settings })
  try {
    await ensureDatabase(server, database)
    return handle(site, server, database, await addHolder(holdersOf(dataDir)))
  } catch (error) {
    await stopUnlessHeld(site, server)
    throw error
  }
}

function handle(site: Site, server: Server, database: string, holder: string): EmbeddedPostgres {
  let stopped: Promise<void> | undefined
  const stop = () => {
    stopped ??= giveBack(site, server, holder)
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

async function giveBack(site: Site, server: Server, holder: string): Promise<void> {
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

async function stopUnlessHeld(site: Site, server: Server): Promise<void> {
  if ((await countLiveHolders(holdersOf(site.dataDir))) > 0) return
  // Another holder may have started a new server after this holder's one was killed.
  const running = await readPostmasterPid(site.cluster)
  await stopServer(site, running?.pid ?? server.pid)
}
