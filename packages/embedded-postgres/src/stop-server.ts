/** Stops the server of a cluster, by a fast shutdown or else an immediate one, and leaves no process running. */
import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import type { Installation } from './installation.ts'
import { terminateOrphans } from './orphans.ts'
import { poll } from './poll.ts'
import { pidExists, sendSignal } from './process-identity.ts'
import { isPostmaster } from './process-list.ts'
import { runOptions } from './run-options.ts'

/** A fast shutdown writes a checkpoint, which takes long after a large import. */
const FAST_STOP_MS = 60_000
const IMMEDIATE_STOP_MS = 10_000

/** Returns when all processes of the server have exited. Does nothing if it does not run. */
export async function stopServer(
  site: Pick<Installation, 'cluster' | 'binaries' | 'account'>,
  pid: number,
): Promise<void> {
  if (process.platform === 'win32') return stopOnWindows(site, pid)
  if (!(await stopWith('SIGINT', FAST_STOP_MS, site.cluster, pid))) {
    // Without a checkpoint, as in a crash: the next start recovers, and nothing committed is lost.
    await stopWith('SIGQUIT', IMMEDIATE_STOP_MS, site.cluster, pid)
  }
  await terminateOrphans(site.cluster)
}

async function stopWith(
  name: NodeJS.Signals,
  timeoutMs: number,
  cluster: string,
  pid: number,
): Promise<boolean> {
  if (!(await isPostmaster(pid, cluster))) return true
  sendSignal(pid, name)
  const hasExited = async () => ((await isPostmaster(pid, cluster)) ? undefined : true)
  return (await poll(hasExited, { timeoutMs })) === true
}

/** Windows has no signals: pg_ctl uses a pipe to the server. */
async function stopOnWindows(
  site: Pick<Installation, 'cluster' | 'binaries' | 'account'>,
  pid: number,
): Promise<void> {
  if (!pidExists(pid)) return
  const args = ['stop', '-D', site.cluster, '-m', 'fast', '-w', '-t', String(FAST_STOP_MS / 1000)]
  await promisify(execFile)(site.binaries.pgCtl, args, runOptions(site.account))
}
