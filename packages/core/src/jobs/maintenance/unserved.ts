// Looks for jobs whose file lies in a storage without workers, and tells the operator of them.
import { LadingError } from '../../errors/lading-error.ts'
import type { Pool } from '../../postgres/pool/client.ts'
import { pause } from '../../queue/wake.ts'
import { type UnservedStorage, unservedStorages } from '../store/files/served-storages.ts'

export interface WatchOptions {
  readonly pool: Pool
  readonly everyMs: number
  readonly signal: AbortSignal
  readonly onError: (error: unknown) => void
}

/** Milliseconds until the same storage is told of again. */
const againMs = 10 * 60_000

/** Looks every so often until the signal. */
export async function keepWatching({ pool, everyMs, signal, onError }: WatchOptions): Promise<void> {
  const told = new Map<string, number>()
  // The first look comes later: workers that begin together with this process have said that they are there by then.
  await pause(everyMs, signal)
  while (!signal.aborted) {
    await unservedStorages(pool).then(unserved => {
      const now = performance.now()
      const isNews = ({ storage }: UnservedStorage) =>
        now - (told.get(storage) ?? Number.NEGATIVE_INFINITY) >= againMs
      for (const one of unserved.filter(isNews)) {
        told.set(one.storage, now)
        onError(waiting(one))
      }
      for (const storage of told.keys()) {
        if (unserved.every(one => one.storage !== storage)) told.delete(storage)
      }
    }, onError)
    await pause(everyMs, signal)
  }
}

function waiting({ storage, jobs }: UnservedStorage): LadingError {
  const what = jobs === 1 ? '1 import waits' : `${jobs} imports wait`
  return new LadingError(
    'STORAGE_ELSEWHERE',
    `${what} for the storage ${storage}, which no worker has. Start a worker with that storage, or cancel them.`,
  )
}
