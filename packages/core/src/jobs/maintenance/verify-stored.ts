// Rereads the stored files that jobs still need, slowly and one at a time, and reports damaged ones.
import { setTimeout } from 'node:timers/promises'
import { defaults } from '../../config/defaults.ts'
import { LadingError } from '../../errors/lading-error.ts'
import type { Metrics } from '../../metrics/metrics.ts'
import { type Pool, withClient } from '../../postgres/pool/checkout.ts'
import { pause } from '../../queue/wake.ts'
import { identityOf } from '../../storage/identity.ts'
import type { Storage } from '../../storage/storage.ts'
import { storedFileOf, type VerifiedFile, verifyFile } from '../store/files/verify-file.ts'
import { type JobRow, jobColumns } from '../store/job-row.ts'
import { acquireTurnSql } from './janitor-sql.ts'

export interface VerifyStoredOptions {
  /** Maximum bytes read per second. @defaultValue 8 MiB */
  readonly bytesPerSecond?: number | undefined
  /**
   * Seconds between two scans of all files, each by one of the processes with that storage. @defaultValue 86400 (a
   * day)
   */
  readonly everySeconds?: number | undefined
}

export interface VerifyStoredContext {
  readonly pool: Pool
  readonly storage: Storage
  readonly metrics: Metrics
  /** Called for each file that differs from what was stored. Nothing is deleted: it is evidence. */
  readonly onError: (error: unknown, jobId?: string) => void
  readonly options: VerifyStoredOptions
}

/** Milliseconds between two checks whether a scan is due. */
const checkIntervalMs = 60_000

/** Scans all files whenever a scan is due, until the signal. */
export async function runVerifier(context: VerifyStoredContext, signal: AbortSignal): Promise<void> {
  const { everySeconds = defaults.verifyEverySeconds } = context.options
  while (!signal.aborted) {
    try {
      const storageId = (await identityOf(context.storage)) ?? null
      const turn = storageId === null ? 'verify' : `verify ${storageId}`
      const acquired = await query(context.pool, acquireTurnSql, [turn, everySeconds * 0.9])
      if (acquired.length > 0) await walk(context, storageId, signal)
    } catch (error) {
      if (!signal.aborted) context.onError(error)
    }
    await pause(checkIntervalMs, signal)
  }
}

async function walk(
  context: VerifyStoredContext,
  storageId: string | null,
  signal: AbortSignal,
): Promise<void> {
  const throttle = createThrottle(context.options.bytesPerSecond ?? defaults.verifyBytesPerSecond, signal)
  let after = '0'
  for (;;) {
    const [row] = await query<JobRow & { number: string }>(context.pool, nextSql, [after, storageId])
    if (row === undefined) return
    after = row.number
    const file = storedFileOf(row)
    if (file === undefined) continue
    try {
      const found = await verifyFile(context.storage, file, throttle)
      // The janitor may have deleted it since, which is not damage.
      const [current] =
        found.state === 'missing' ? await query<JobRow>(context.pool, againSql, [row.id]) : [row]
      if (current !== undefined && storedFileOf(current)?.stored.key === file.stored.key)
        report(found, context)
    } catch (error) {
      signal.throwIfAborted()
      context.onError(error, row.id)
    }
  }
}

function report(
  { state, size, detail, jobId }: VerifiedFile,
  { metrics, onError }: VerifyStoredContext,
): void {
  metrics.verified?.({ state, bytes: size })
  if (state === 'corrupt') onError(new LadingError('STORAGE_CORRUPT', detail), jobId)
  if (state === 'missing') onError(new LadingError('STORAGE_NOT_FOUND', detail), jobId)
}

/** Sleeps when reading is ahead of the rate. */
function createThrottle(bytesPerSecond: number, signal: AbortSignal): (bytes: number) => Promise<void> {
  const startedAt = performance.now()
  let read = 0
  return async bytes => {
    signal.throwIfAborted()
    read += bytes
    const waitMs = (read / bytesPerSecond) * 1000 - (performance.now() - startedAt)
    if (waitMs > 5) await setTimeout(waitMs, undefined, { signal })
  }
}

const isHere = (column: string) => `(${column} is null or ${column} = $2::text)`

/** The next job with a file in this storage that may still be needed. */
const nextSql = `
select ${jobColumns} from lading.jobs
where number > $1 and (
  (source_key is not null and ${isHere('source_storage')})
  or (file_key is not null and expires_at > clock_timestamp() and ${isHere('file_storage')})
)
order by number limit 1`

const againSql = `select ${jobColumns} from lading.jobs where id = $1`

function query<Row>(pool: Pool, sql: string, values: unknown[]): Promise<Row[]> {
  return withClient(pool, async client => {
    // The statement selects the columns of its row type.
    return (await client.query(sql, values)).rows as Row[]
  })
}
