// Finds jobs whose file is in a storage without workers, and reports them to the operator.
import { LadingError } from '../../errors/lading-error.ts'
import type { Pool } from '../../postgres/pool/checkout.ts'
import { pause } from '../../queue/wake.ts'
import { type UnservedStorage, unservedStorages } from '../store/files/served-storages.ts'

export interface WatchOptions {
  readonly pool: Pool
  readonly everyMs: number
  readonly signal: AbortSignal
  readonly onError: (error: unknown) => void
}

/** Milliseconds until the same storage is reported again. */
const repeatMs = 10 * 60_000

/** Checks every `everyMs` milliseconds until the signal. */
export async function watchUnservedStorages({ pool, everyMs, signal, onError }: WatchOptions): Promise<void> {
  const reportedAt = new Map<string, number>()
  // Wait first: workers that start together with this process will have registered by then.
  await pause(everyMs, signal)
  while (!signal.aborted) {
    await unservedStorages(pool).then(unserved => {
      const now = performance.now()
      const isDue = ({ storage }: UnservedStorage) =>
        now - (reportedAt.get(storage) ?? Number.NEGATIVE_INFINITY) >= repeatMs
      for (const one of unserved.filter(isDue)) {
        reportedAt.set(one.storage, now)
        onError(unservedError(one))
      }
      for (const storage of reportedAt.keys()) {
        if (unserved.every(one => one.storage !== storage)) reportedAt.delete(storage)
      }
    }, onError)
    await pause(everyMs, signal)
  }
}

function unservedError({ storage, jobs }: UnservedStorage): LadingError {
  const what = jobs === 1 ? '1 import waits' : `${jobs} imports wait`
  return new LadingError(
    'STORAGE_ELSEWHERE',
    `${what} for the storage ${storage}, which no worker has. Start a worker with that storage, or cancel them.`,
  )
}
