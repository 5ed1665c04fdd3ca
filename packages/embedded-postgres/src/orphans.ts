/** Ends the processes of a server that have lost their postmaster: waits for them, then kills them. */
import { EmbeddedPostgresError } from './embedded-error.ts'
import { poll } from './poll.ts'
import { sendSignal } from './process-identity.ts'
import { serverProcesses } from './process-list.ts'

/** Children check for their postmaster every second or two; one busy with a long query does not check at all. */
const ORPHANS_MS = 5_000
const KILLED_MS = 10_000

/** Waits for the processes of a server to exit, and kills those that do not. Does nothing on Windows. */
export async function terminateOrphans(cluster: string, timeoutMs: number = ORPHANS_MS): Promise<void> {
  const haveExited = async () => ((await serverProcesses(cluster)).length === 0 ? true : undefined)
  if (await poll(haveExited, { timeoutMs })) return
  for (const pid of await serverProcesses(cluster)) sendSignal(pid, 'SIGKILL')
  if (await poll(haveExited, { timeoutMs: KILLED_MS })) return
  throw new EmbeddedPostgresError(
    'STOP_FAILED',
    `Processes ${(await serverProcesses(cluster)).join(', ')} of the database in ${cluster} do not end: end them by hand`,
  )
}
