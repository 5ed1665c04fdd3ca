// Reads stored files that jobs still need, slowly and one after the other, and tells of those that were damaged.
import { setTimeout } from 'node:timers/promises'
import { defaults } from '../../config/defaults.ts'
import { LadingError } from '../../errors/lading-error.ts'
import type { Metrics } from '../../metrics/metrics.ts'
import { type Pool, withClient } from '../../postgres/pool/client.ts'
import { pause } from '../../queue/wake.ts'
import { identityOf } from '../../storage/identity.ts'
import type { Storage } from '../../storage/storage.ts'
import { storedFileOf, type VerifiedFile, verifyFile } from '../store/files/verify-file.ts'
import { type JobRow, jobColumns } from '../store/job-row.ts'
import { takeTurnSql } from './janitor-sql.ts'

export interface VerifyStoredOptions {
  /** Bytes a second that are read at most. @defaultValue 8 MiB */
  readonly bytesPerSecond?: number | undefined
  /** Seconds between two walks through all files, by one of all processes with the storage. @defaultValue 86400 (a day) */
  readonly everySeconds?: number | undefined
}

export interface VerifyStoredContext {
  readonly pool: Pool
  readonly storage: Storage
  readonly metrics: Metrics
  /** Hears of each file that is not as it was stored. Nothing is deleted: it is evidence. */
  readonly onError: (error: unknown, jobId?: string) => void
  readonly options: VerifyStoredOptions
}

/** Milliseconds between two looks whether a walk is due. */
const lookMs = 60_000

/** Walks until the signal. */
export async function keepVerifying(context: VerifyStoredContext, signal: AbortSignal): Promise<void> {
  const { everySeconds = 86_400 } = context.options
  while (!signal.aborted) {
    try {
      const place = (await identityOf(context.storage)) ?? null
      const turn = place === null ? 'verify' : `verify ${place}`
      const taken = await ask(context.pool, takeTurnSql, [turn, everySeconds * 0.9])
      if (taken.length > 0) await walk(context, place, signal)
    } catch (error) {
      if (!signal.aborted) context.onError(error)
    }
    await pause(lookMs, signal)
  }
}

async function walk(context: VerifyStoredContext, place: string | null, signal: AbortSignal): Promise<void> {
  const pace = paced(context.options.bytesPerSecond ?? defaults.verifyBytesPerSecond, signal)
  let after = '0'
  for (;;) {
    const [row] = await ask<JobRow & { number: string }>(context.pool, nextSql, [after, place])
    if (row === undefined) return
    after = row.number
    const file = storedFileOf(row)
    if (file === undefined) continue
    try {
      const found = await verifyFile(context.storage, file, pace)
      // The janitor may have deleted it meanwhile, which is no damage.
      const [now] = found.state === 'missing' ? await ask<JobRow>(context.pool, againSql, [row.id]) : [row]
      if (now !== undefined && storedFileOf(now)?.stored.key === file.stored.key) tell(found, context)
    } catch (error) {
      signal.throwIfAborted()
      context.onError(error, row.id)
    }
  }
}

function tell({ state, size, detail, jobId }: VerifiedFile, { metrics, onError }: VerifyStoredContext): void {
  metrics.verified?.({ state, bytes: size })
  if (state === 'corrupt') onError(new LadingError('STORAGE_CORRUPT', detail), jobId)
  if (state === 'missing') onError(new LadingError('STORAGE_NOT_FOUND', detail), jobId)
}

/** Sleeps as long as what was read was read too fast. */
function paced(bytesPerSecond: number, signal: AbortSignal): (bytes: number) => Promise<void> {
  const begun = performance.now()
  let read = 0
  return async bytes => {
    signal.throwIfAborted()
    read += bytes
    const ahead = (read / bytesPerSecond) * 1000 - (performance.now() - begun)
    if (ahead > 5) await setTimeout(ahead, undefined, { signal })
  }
}

const isHere = (column: string) => `(${column} is null or ${column} = $2::text)`

/** The next job with a file of this storage that somebody may still ask for. */
const nextSql = `
select ${jobColumns} from lading.jobs
where number > $1 and (
  (source_key is not null and ${isHere('source_storage')})
  or (file_key is not null and expires_at > clock_timestamp() and ${isHere('file_storage')})
)
order by number limit 1`

const againSql = `select ${jobColumns} from lading.jobs where id = $1`

function ask<Row>(pool: Pool, sql: string, values: unknown[]): Promise<Row[]> {
  return withClient(pool, async client => {
    // The statement names the columns that its row type has.
    return (await client.query(sql, values)).rows as Row[]
  })
}
