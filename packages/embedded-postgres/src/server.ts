/** Joins the server that runs a cluster, or starts one. Call under the lock. */
import { type ChildProcess, spawn } from 'node:child_process'
import { readPassword } from './cluster.ts'
import { connectOnce } from './connect.ts'
import { EmbeddedPostgresError } from './embedded-error.ts'
import type { Installation } from './installation.ts'
import { terminateOrphans } from './orphans.ts'
import { poll } from './poll.ts'
import { freePort, isPortFree } from './port.ts'
import { readPostmasterPid, removePostmasterPid } from './postmaster-pid.ts'
import { pidExists } from './process-identity.ts'
import { clusterName, isPostmaster } from './process-list.ts'
import { runOptions } from './run-options.ts'
import { logTail, openLog } from './server-log.ts'

/** Recovery after a crash reads all changes since the last checkpoint. */
const READY_MS = 120_000
const PORT_ATTEMPTS = 5

export interface Server {
  readonly pid: number
  readonly port: number
  readonly password: string
}

export interface ServerOptions {
  readonly port: number | undefined
  readonly settings: Readonly<Record<string, string | number | boolean>>
}

export async function joinOrStart(site: Installation, options: ServerOptions): Promise<Server> {
  const password = await readPassword(site)
  const noted = await readPostmasterPid(site.cluster)
  if (noted !== undefined) {
    const hasExited = async () => !(await isPostmaster(noted.pid, site.cluster))
    const port = await untilReady(site, noted.pid, password, hasExited)
    if (port !== undefined) return { pid: noted.pid, port, password }
    await clearAway(site.cluster, noted.pid)
  }
  // Clients that still have the address of a killed server can then use the next one.
  return start(site, options, password, noted?.port)
}

/** After a kill -9 of the postmaster its children live a little longer, and a new one cannot start until they exit. */
async function clearAway(cluster: string, pid: number): Promise<void> {
  await terminateOrphans(cluster)
  // PostgreSQL mistakes a reused pid, and a zombie that is never reaped, for a live server.
  if (process.platform !== 'win32' && pidExists(pid)) await removePostmasterPid(cluster)
}

async function start(
  site: Installation,
  { port: fixedPort, settings }: ServerOptions,
  password: string,
  previous: number | undefined,
): Promise<Server> {
  for (let attempt = 1; ; attempt += 1) {
    const port = fixedPort ?? (await choosePort(attempt === 1 ? previous : undefined))
    const child = await spawnServer(site, port, settings)
    const ended = async () => child.exitCode !== null || child.signalCode !== null
    if (child.pid !== undefined && (await untilReady(site, child.pid, password, ended)))
      return { pid: child.pid, port, password }
    if (await isPortFree(port)) throw startFailed(site, await logTail(site.logFile))
    if (fixedPort !== undefined) throw portTaken(port)
    if (attempt === PORT_ATTEMPTS) throw startFailed(site, await logTail(site.logFile))
  }
}

async function choosePort(previous: number | undefined): Promise<number> {
  // Root can listen on a port below 1024; the server's account cannot.
  if (previous !== undefined && previous >= 1024 && (await isPortFree(previous))) return previous
  return freePort()
}

/** Detached, so that Ctrl-C in a terminal reaches only the caller; unreferenced, so that the caller can exit. */
async function spawnServer(
  site: Installation,
  port: number,
  settings: ServerOptions['settings'],
): Promise<ChildProcess> {
  const log = await openLog(site)
  try {
    const child = spawn(site.binaries.postgres, serverArguments(site, port, settings), {
      ...runOptions(site.account),
      detached: true,
      stdio: ['ignore', log.fd, log.fd],
    })
    child.unref()
    await new Promise((resolve, reject) => child.once('spawn', resolve).once('error', reject))
    return child
  } catch (cause) {
    throw startFailed(site, cause)
  } finally {
    await log.close()
  }
}

/** The last value of a repeated setting counts, so the caller's settings come first. */
function serverArguments(site: Installation, port: number, settings: ServerOptions['settings']): string[] {
  const own = {
    listen_addresses: '127.0.0.1',
    port,
    unix_socket_directories: '',
    cluster_name: clusterName(site.cluster),
  }
  const all = [...Object.entries(settings), ...Object.entries(own)]
  return ['-D', site.cluster, ...all.flatMap(([name, value]) => ['-c', `${name}=${value}`])]
}

/** The server's port once it accepts connections; undefined if it has exited. */
async function untilReady(
  site: Installation,
  pid: number,
  password: string,
  hasExited: () => Promise<boolean>,
): Promise<number | undefined> {
  let lastError: unknown
  const result = await poll(
    async () => {
      if (await hasExited()) return 'exited'
      const noted = await readPostmasterPid(site.cluster)
      // The file proves whose port it is: another server on the port could accept the connection too.
      if (noted?.pid !== pid || !noted.ready || noted.port === undefined) return undefined
      const { port } = noted
      return connectOnce({ port, password }).then(
        () => port,
        (error: unknown) => {
          lastError = error
          return undefined
        },
      )
    },
    { timeoutMs: READY_MS, intervalMs: 5 },
  )
  if (result !== undefined) return result === 'exited' ? undefined : result
  throw startFailed(site, lastError ?? (await logTail(site.logFile)))
}

function startFailed(site: Installation, cause: unknown): EmbeddedPostgresError {
  return new EmbeddedPostgresError(
    'START_FAILED',
    `PostgreSQL did not start on ${site.dataDir}: see the cause, or all of ${site.logFile}, then start again`,
    cause,
  )
}

function portTaken(port: number): EmbeddedPostgresError {
  return new EmbeddedPostgresError(
    'PORT_TAKEN',
    `Port ${port} of 127.0.0.1 is in use: choose another one, leave it out for any free one, or stop what uses it`,
  )
}
