// A connection for work that is told to stop: what it writes may end in order, but not for ever.
import { type Client, type Pool, withClient } from '../../postgres/pool/client.ts'

/** Milliseconds that a batch has behind the signal. A process that is told to end has 5 seconds for everything. */
const patienceMs = 3_000

/** Behind the signal and the patience the server ends the connection, which takes back what was not committed. */
export function withStoppableClient<Result>(
  pool: Pool,
  signal: AbortSignal,
  work: (client: Client) => Promise<Result>,
): Promise<Result> {
  return withClient(pool, async client => {
    const { rows } = await client.query('select pg_backend_pid() as pid')
    let timer: NodeJS.Timeout | undefined
    const startTimer = () => {
      timer = setTimeout(() => void terminate(pool, Number(rows[0]?.pid)), patienceMs)
    }
    signal.addEventListener('abort', startTimer, { once: true })
    if (signal.aborted) startTimer()
    try {
      return await work(client)
    } finally {
      clearTimeout(timer)
      signal.removeEventListener('abort', startTimer)
    }
  })
}

/** Closing our end is not enough: a server that is busy would notice it only when it has finished. */
async function terminate(pool: Pool, pid: number): Promise<void> {
  await withClient(pool, client => client.query('select pg_terminate_backend($1)', [pid])).catch(
    () => undefined,
  )
}
