// Runs work on connections that are terminated some time after the signal.
import { type Client, type Pool, withClient } from '../../postgres/pool/checkout.ts'

/** Milliseconds for a batch after the signal. A process that is asked to stop has 5 seconds for everything. */
const stopTimeoutMs = 3_000

/**
 * Once that time after the signal is over, the server terminates the connection and rolls back its transaction; likewise
 * each further connection that `work` tells of.
 */
export function withStoppableClient<Result>(
  pool: Pool,
  signal: AbortSignal,
  work: (client: Client, alsoStop: (client: Client) => Promise<void>) => Promise<Result>,
): Promise<Result> {
  return withClient(pool, async client => {
    const pids: number[] = []
    const stoppable = async (client: Client): Promise<void> => {
      const { rows } = await client.query('select pg_backend_pid() as pid')
      pids.push(Number(rows[0]?.pid))
    }
    await stoppable(client)
    let timer: NodeJS.Timeout | undefined
    const startTimer = () => {
      timer = setTimeout(() => void terminate(pool, pids), stopTimeoutMs)
    }
    signal.addEventListener('abort', startTimer, { once: true })
    if (signal.aborted) startTimer()
    try {
      return await work(client, stoppable)
    } finally {
      clearTimeout(timer)
      signal.removeEventListener('abort', startTimer)
    }
  })
}

/** Closing the client's end is not enough: a busy server would notice only when it has finished. */
async function terminate(pool: Pool, pids: readonly number[]): Promise<void> {
  await withClient(pool, client =>
    client.query('select pg_terminate_backend(pid) from unnest($1::int[]) pid', [pids]),
  ).catch(() => undefined)
}
