/** Reads postmaster.pid, which has the pid, port and status of a PostgreSQL server. */
import { readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { errnoOf } from './embedded-error.ts'

export interface PostmasterPid {
  readonly pid: number
  readonly port: number | undefined
  /** True once it accepts connections; false while it starts, recovers or stops. */
  readonly ready: boolean
}

/** Undefined if there is no file, or the file has no pid yet. */
export async function readPostmasterPid(cluster: string): Promise<PostmasterPid | undefined> {
  let text: string
  try {
    text = await readFile(join(cluster, 'postmaster.pid'), 'utf8')
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return undefined
    throw error
  }
  // The lines are fixed in PostgreSQL's src/include/utils/pidfile.h: 1 pid, 4 port, 8 status.
  const lines = text.split('\n')
  const pid = Number(lines[0])
  const port = Number(lines[3])
  if (!Number.isSafeInteger(pid) || pid <= 0) return undefined
  return { pid, port: port > 0 ? port : undefined, ready: lines[7]?.trim() === 'ready' }
}

/** Call it only if all processes of the server have exited: a running server shuts down without the file. */
export async function removePostmasterPid(cluster: string): Promise<void> {
  await rm(join(cluster, 'postmaster.pid'), { force: true })
}
