/** Sees to the processes of a server that have lost their postmaster: waits for them, then kills them. */
import { EmbeddedPostgresError } from './errors.ts'
import { poll } from './poll.ts'
import { sendSignal } from './process-identity.ts'
import { serverProcesses } from './process-list.ts'

/** Children look for their postmaster every second or two; one busy with a long query does not look at all. */
const ORPHANS_MS = 5_000
const KILLED_MS = 10_000

/** Waits for the processes of a server to go, and kills those that do not. Nothing on Windows. */
export async function endOrphans(cluster: string, patienceMs: number = ORPHANS_MS): Promise<void> {
  const gone = async () => ((await serverProcesses(cluster)).length === 0 ? true : undefined)
  if (await poll(gone, { timeoutMs: patienceMs })) return
  for (const pid of await serverProcesses(cluster)) sendSignal(pid, 'SIGKILL')
  if (await poll(gone, { timeoutMs: KILLED_MS })) return
  throw new EmbeddedPostgresError(
    'STOP_FAILED',
    `Processes ${(await serverProcesses(cluster)).join(', ')} of the database in ${cluster} do not end: end them by hand`,
  )
}
