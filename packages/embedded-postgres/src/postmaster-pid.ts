/** Reads postmaster.pid, in which a PostgreSQL server says who it is and how far it has come. */
import { readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { errnoOf } from './errors.ts'

export interface PostmasterPid {
  readonly pid: number
  readonly port: number | undefined
  /** True once it takes connections; false while it starts, recovers or stops. */
  readonly ready: boolean
}

/** Undefined when there is no file, or none that names a process yet. */
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

/** Only for a file whose server has gone with all its processes: a running one would end itself without it. */
export async function removePostmasterPid(cluster: string): Promise<void> {
  await rm(join(cluster, 'postmaster.pid'), { force: true })
}
