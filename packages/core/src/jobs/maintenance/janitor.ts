// The janitor: deletes what has expired, and the leftovers of dead processes.
import type { CleanedKind, Metrics } from '../../metrics/metrics.ts'
import { type Pool, withClient } from '../../postgres/pool/checkout.ts'
import { databaseFault } from '../../postgres/sqlstate.ts'
import { pause } from '../../queue/wake.ts'
import { identityOf } from '../../storage/identity.ts'
import type { Storage } from '../../storage/storage.ts'
import { oldUrlsSql } from '../store/files/remote-source.ts'
import {
  acquireTurnSql,
  agoSql,
  expiredFilesSql,
  expiredKeysSql,
  oldJobSql,
  oldNamesSql,
  oldSpoolsSql,
  orphansSql,
} from './janitor-sql.ts'

export interface JanitorContext {
  readonly pool: Pool
  readonly storage: Storage
  readonly metrics: Metrics
  /** `false`: only processes with a retention period delete them. */
  readonly jobRetentionDays: number | false
  readonly spoolRetentionDays: number | false
  /** Called when something could not be deleted; the next run tries again. */
  readonly onError: (error: unknown) => void
}

/** With the identity of the storage; null if it has none. */
type RunContext = JanitorContext & { readonly storageId: string | null }

/** How many of each kind were deleted. */
export type Cleaned = Readonly<Record<CleanedKind, number>>

/** Maximum of each kind per run, so that a run after a long pause does not hold up the database. */
const maxPerRun = 500

/** Storage keys per lookup in the database. */
const keysPerLookup = 500

/**
 * Seconds that a file may exist without a job. Only milliseconds pass between the end of an upload and the commit of
 * its job.
 */
const orphanAgeSeconds = 3_600

/** Seconds between two scans of the whole storage. */
const walkIntervalSeconds = 900

/**
 * Rows are deleted before their files. A file that is left over is an orphan, which a later run finds; a job without
 * its file would be an error.
 *
 * Staging tables and the shadow tables of dry runs and atomic imports need no cleanup: they are temporary, and the
 * server drops them when the connection of a dead worker closes.
 */
const tasks: Readonly<Record<CleanedKind, (context: RunContext) => Promise<number>>> = {
  export_file: context => forgetFiles(context, expiredFilesSql, [maxPerRun, context.storageId]),
  async spool(context) {
    if (context.spoolRetentionDays === false) return 0
    const values = [maxPerRun, context.spoolRetentionDays]
    return (
      (await forgetFiles(context, oldSpoolsSql, [...values, context.storageId])) +
      (await query(context.pool, oldUrlsSql, values)).length
    )
  },
  job: deleteOldJobs,
  async idempotency_key({ pool }) {
    await query(pool, oldNamesSql, [])
    return (await query(pool, expiredKeysSql, [maxPerRun])).length
  },
  orphan: deleteOrphans,
  unfinished: removeUnfinished,
}

interface Schedule {
  readonly kinds: readonly CleanedKind[]
  /** Each storage has its own turns, because only its servers can delete its files. */
  readonly perStorage: boolean
}

/**
 * Jobs and sources have separate turns: a process without a retention period must not take the turn of one with one.
 */
const schedules: Readonly<Record<string, Schedule>> = {
  spool: { kinds: ['spool'], perStorage: true },
  job: { kinds: ['job'], perStorage: false },
  janitor: { kinds: ['export_file'], perStorage: true },
  keys: { kinds: ['idempotency_key'], perStorage: false },
  walk: { kinds: ['orphan', 'unfinished'], perStorage: true },
}

/** Does one run. Failures go to `onError`, and the next run tries again. */
export async function clean(context: JanitorContext): Promise<Cleaned> {
  return run(await withStorageId(context), Object.keys(tasks) as CleanedKind[])
}

/** Runs every `everySeconds` until the signal; each run is done by one of all servers on the database. */
export async function runJanitor(
  context: JanitorContext,
  { everySeconds, signal }: { readonly everySeconds: number; readonly signal: AbortSignal },
): Promise<void> {
  const { spoolRetentionDays, jobRetentionDays } = context
  const isLeftToOthers = (name: string) =>
    (name === 'spool' && spoolRetentionDays === false) || (name === 'job' && jobRetentionDays === false)
  const ownSchedules = Object.entries(schedules).filter(([name]) => !isLeftToOthers(name))
  while (!signal.aborted) {
    try {
      const runContext = await withStorageId(context)
      for (const [name, { kinds, perStorage }] of ownSchedules) {
        const seconds = name === 'walk' ? Math.max(walkIntervalSeconds, everySeconds) : everySeconds
        const turn = perStorage && runContext.storageId !== null ? `${name} ${runContext.storageId}` : name
        if (await acquireTurn(context, turn, seconds)) await run(runContext, kinds)
      }
    } catch (error) {
      context.onError(error)
    }
    await pause(everySeconds * 1000, signal)
  }
}

async function withStorageId(context: JanitorContext): Promise<RunContext> {
  return { ...context, storageId: (await identityOf(context.storage)) ?? null }
}

/** The turn comes a little early; otherwise the run's own milliseconds would make the next one miss it. */
async function acquireTurn({ pool }: JanitorContext, name: string, everySeconds: number): Promise<boolean> {
  return (await query(pool, acquireTurnSql, [name, everySeconds * 0.9])).length > 0
}

async function run(context: RunContext, kinds: readonly CleanedKind[]): Promise<Cleaned> {
  const cleaned = { export_file: 0, spool: 0, job: 0, idempotency_key: 0, orphan: 0, unfinished: 0 }
  for (const kind of kinds) {
    try {
      cleaned[kind] = await tasks[kind](context)
      context.metrics.cleaned?.({ kind, count: cleaned[kind] })
    } catch (error) {
      context.onError(error)
    }
  }
  return cleaned
}

async function forgetFiles(context: JanitorContext, sql: string, values: unknown[]): Promise<number> {
  const rows = await query(context.pool, sql, values)
  for (const { key } of rows) await deleteFile(context, key)
  return rows.length
}

/** Files in another storage become orphans, which the janitor of that storage deletes. */
async function deleteOldJobs(context: RunContext): Promise<number> {
  if (context.jobRetentionDays === false) return 0
  for (let count = 0; ; count++) {
    if (count === maxPerRun) return count
    const [job] = await query(context.pool, oldJobSql, [context.jobRetentionDays])
    if (job === undefined) return count
    const isHere = (fileStorage: unknown) => fileStorage === null || fileStorage === context.storageId
    if (isHere(job.source_storage)) await deleteFile(context, job.source_key)
    if (isHere(job.file_storage)) await deleteFile(context, job.file_key)
  }
}

async function deleteFile({ storage, onError }: JanitorContext, key: unknown): Promise<void> {
  if (typeof key === 'string') await storage.delete(key).catch(onError)
}

/** Deletes uploads whose process died before it created a job, and files of abandoned export attempts. */
async function deleteOrphans(context: JanitorContext): Promise<number> {
  const before = await databaseTimeAgo(context.pool, orphanAgeSeconds)
  let deleted = 0
  const deleteUnreferenced = async (keys: readonly string[]) => {
    const orphans = await query(context.pool, orphansSql, [keys])
    for (const { key } of orphans) await deleteFile(context, key)
    deleted += orphans.length
  }
  for (const prefix of ['imports/', 'exports/']) {
    let keys: string[] = []
    for await (const { key, modifiedAt } of context.storage.list(prefix)) {
      if (deleted >= maxPerRun) return deleted
      if (modifiedAt < before) keys.push(key)
      if (keys.length < keysPerLookup) continue
      await deleteUnreferenced(keys)
      keys = []
    }
    await deleteUnreferenced(keys)
  }
  return deleted
}

async function removeUnfinished({ pool, storage }: JanitorContext): Promise<number> {
  return (await storage.removeUnfinished?.(await databaseTimeAgo(pool, orphanAgeSeconds))) ?? 0
}

/** Uses the database's clock: this machine's may be off by more than an upload takes. */
async function databaseTimeAgo(pool: Pool, seconds: number): Promise<Date> {
  const [row] = await query(pool, agoSql, [seconds])
  return row?.moment as Date
}

function query(pool: Pool, sql: string, values: unknown[]): Promise<Record<string, unknown>[]> {
  return withClient(pool, async client => {
    const { rows } = await client.query(sql, values).catch((error: unknown) => {
      throw databaseFault(error)
    })
    return rows
  })
}
