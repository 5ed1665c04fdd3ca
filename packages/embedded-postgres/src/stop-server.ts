/** Ends the server of a cluster: in order, else at once, and never leaves a process of it behind. */
import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { endOrphans } from './orphans.ts'
import { poll } from './poll.ts'
import { pidExists, sendSignal } from './process-identity.ts'
import { isPostmaster } from './process-list.ts'
import { runOptions } from './run-options.ts'
import type { Site } from './site.ts'

/** A fast stop writes a checkpoint, which takes its time after a large import. */
const FAST_STOP_MS = 60_000
const IMMEDIATE_STOP_MS = 10_000

/** Returns when none of the server's processes is left. Does nothing when it does not run. */
export async function stopServer(
  site: Pick<Site, 'cluster' | 'binaries' | 'account'>,
  pid: number,
): Promise<void> {
  if (process.platform === 'win32') return stopOnWindows(site, pid)
  if (!(await stopWith('SIGINT', FAST_STOP_MS, site.cluster, pid))) {
    // Without a checkpoint, as in a crash: the next start recovers, nothing committed is lost.
    await stopWith('SIGQUIT', IMMEDIATE_STOP_MS, site.cluster, pid)
  }
  await endOrphans(site.cluster)
}

async function stopWith(
  name: NodeJS.Signals,
  timeoutMs: number,
  cluster: string,
  pid: number,
): Promise<boolean> {
  if (!(await isPostmaster(pid, cluster))) return true
  sendSignal(pid, name)
  const gone = async () => ((await isPostmaster(pid, cluster)) ? undefined : true)
  return (await poll(gone, { timeoutMs })) === true
}

/** Windows has no signals: pg_ctl speaks to the server through a pipe. */
async function stopOnWindows(
  site: Pick<Site, 'cluster' | 'binaries' | 'account'>,
  pid: number,
): Promise<void> {
  if (!pidExists(pid)) return
  const args = ['stop', '-D', site.cluster, '-m', 'fast', '-w', '-t', String(FAST_STOP_MS / 1000)]
  await promisify(execFile)(site.binaries.pgCtl, args, runOptions(site.account))
}
