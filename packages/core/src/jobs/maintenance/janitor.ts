// The janitor: deletes what has had its time, and what a process that died has left.
import type { CleanedKind, Metrics } from '../../metrics/metrics.ts'
import { type Pool, withClient } from '../../postgres/pool/client.ts'
import { databaseFault } from '../../postgres/sqlstate.ts'
import { pause } from '../../queue/wake.ts'
import { identityOf } from '../../storage/identity.ts'
import type { Storage } from '../../storage/storage.ts'
import { oldUrlsSql } from '../store/files/remote-source.ts'
import {
  agoSql,
  expiredFilesSql,
  expiredKeysSql,
  oldJobSql,
  oldNamesSql,
  oldSpoolsSql,
  orphansSql,
  takeTurnSql,
} from './janitor-sql.ts'

export interface JanitorContext {
  readonly pool: Pool
  readonly storage: Storage
  readonly metrics: Metrics
  /** `false`: others delete them, who know how long they are kept. */
  readonly jobRetentionDays: number | false
  readonly spoolRetentionDays: number | false
  /** Hears of what could not be deleted now; it is tried again. */
  readonly onError: (error: unknown) => void
}

/** With the identity of the storage, if it has one. */
type RunContext = JanitorContext & { readonly place: string | null }

/** How many of each kind were deleted. */
export type Cleaned = Readonly<Record<CleanedKind, number>>

/** Of each kind in one run, so that a run after a long pause does not hold up the database. */
const most = 500

/** Objects whose keys are looked up together. */
const page = 500

/** Seconds for which a file may have no job: between the end of its upload and the commit of its job lie milliseconds. */
const orphanSeconds = 3_600

/** Seconds between two walks through the whole storage. */
const walkSeconds = 900

/**
 * Rows go first and their files behind them: a file that stays behind is an orphan, which a later run finds, while
 * a job whose file is gone would be missed by somebody.
 *
 * Nothing here looks after staging tables, nor the stand-ins of dry runs and atomic imports: they are temporary, and
 * the server drops them with the connection of a worker that died.
 */
const chores: Readonly<Record<CleanedKind, (context: RunContext) => Promise<number>>> = {
  export_file: context => forgetFiles(context, expiredFilesSql, [most, context.place]),
  async spool(context) {
    if (context.spoolRetentionDays === false) return 0
    const values = [most, context.spoolRetentionDays]
    return (
      (await forgetFiles(context, oldSpoolsSql, [...values, context.place])) +
      (await ask(context.pool, oldUrlsSql, values)).length
    )
  },
  job: deleteOldJobs,
  async idempotency_key({ pool }) {
    await ask(pool, oldNamesSql, [])
    return (await ask(pool, expiredKeysSql, [most])).length
  },
  orphan: deleteOrphans,
  unfinished: removeUnfinished,
}

interface Turn {
  readonly kinds: readonly CleanedKind[]
  /** Each storage has turns of its own: nobody else can delete its files. */
  readonly ofStorage: boolean
}

/**
 * Jobs and sources have turns of their own: a process that does not know how long they are kept must not take the turn
 * of one that does.
 */
const turns: Readonly<Record<string, Turn>> = {
  spool: { kinds: ['spool'], ofStorage: true },
  job: { kinds: ['job'], ofStorage: false },
  janitor: { kinds: ['export_file'], ofStorage: true },
  keys: { kinds: ['idempotency_key'], ofStorage: false },
  walk: { kinds: ['orphan', 'unfinished'], ofStorage: true },
}

/** One run. What fails is told and left to the next one. */
export async function clean(context: JanitorContext): Promise<Cleaned> {
  return run(await placed(context), Object.keys(chores) as CleanedKind[])
}

/** Runs every so often until the signal, each by one of all servers on the database. */
export async function keepClean(
  context: JanitorContext,
  { everySeconds, signal }: { readonly everySeconds: number; readonly signal: AbortSignal },
): Promise<void> {
  const { spoolRetentionDays, jobRetentionDays } = context
  const isOthers = (name: string) =>
    (name === 'spool' && spoolRetentionDays === false) || (name === 'job' && jobRetentionDays === false)
  const ours = Object.entries(turns).filter(([name]) => !isOthers(name))
  while (!signal.aborted) {
    try {
      const here = await placed(context)
      for (const [name, { kinds, ofStorage }] of ours) {
        const seconds = name === 'walk' ? Math.max(walkSeconds, everySeconds) : everySeconds
        const turn = ofStorage && here.place !== null ? `${name} ${here.place}` : name
        if (await isOurTurn(context, turn, seconds)) await run(here, kinds)
      }
    } catch (error) {
      context.onError(error)
    }
    await pause(everySeconds * 1000, signal)
  }
}

async function placed(context: JanitorContext): Promise<RunContext> {
  return { ...context, place: (await identityOf(context.storage)) ?? null }
}

/** A little early, or the turn after the pause would be lost to the milliseconds that the run took. */
async function isOurTurn({ pool }: JanitorContext, name: string, everySeconds: number): Promise<boolean> {
  return (await ask(pool, takeTurnSql, [name, everySeconds * 0.9])).length > 0
}

async function run(context: RunContext, kinds: readonly CleanedKind[]): Promise<Cleaned> {
  const cleaned = { export_file: 0, spool: 0, job: 0, idempotency_key: 0, orphan: 0, unfinished: 0 }
  for (const kind of kinds) {
    try {
      cleaned[kind] = await chores[kind](context)
      context.metrics.cleaned?.({ kind, count: cleaned[kind] })
    } catch (error) {
      context.onError(error)
    }
  }
  return cleaned
}

async function forgetFiles(context: JanitorContext, sql: string, values: unknown[]): Promise<number> {
  const rows = await ask(context.pool, sql, values)
  for (const { key } of rows) await deleteFile(context, key)
  return rows.length
}

/** A file of another storage has no job then, and is deleted as such by the janitor of that storage. */
async function deleteOldJobs(context: RunContext): Promise<number> {
  if (context.jobRetentionDays === false) return 0
  for (let count = 0; ; count++) {
    if (count === most) return count
    const [job] = await ask(context.pool, oldJobSql, [context.jobRetentionDays])
    if (job === undefined) return count
    const isHere = (lies: unknown) => lies === null || lies === context.place
    if (isHere(job.source_storage)) await deleteFile(context, job.source_key)
    if (isHere(job.file_storage)) await deleteFile(context, job.file_key)
  }
}

async function deleteFile({ storage, onError }: JanitorContext, key: unknown): Promise<void> {
  if (typeof key === 'string') await storage.delete(key).catch(onError)
}

/** Uploads whose process died before there was a job, and files of exports that were begun once more. */
async function deleteOrphans(context: JanitorContext): Promise<number> {
  const before = await ago(context.pool, orphanSeconds)
  let deleted = 0
  const deleteUnknown = async (keys: readonly string[]) => {
    const orphans = await ask(context.pool, orphansSql, [keys])
    for (const { key } of orphans) await deleteFile(context, key)
    deleted += orphans.length
  }
  for (const prefix of ['imports/', 'exports/']) {
    let keys: string[] = []
    for await (const { key, modifiedAt } of context.storage.list(prefix)) {
      if (deleted >= most) return deleted
      if (modifiedAt < before) keys.push(key)
      if (keys.length < page) continue
      await deleteUnknown(keys)
      keys = []
    }
    await deleteUnknown(keys)
  }
  return deleted
}

async function removeUnfinished({ pool, storage }: JanitorContext): Promise<number> {
  return (await storage.removeUnfinished?.(await ago(pool, orphanSeconds))) ?? 0
}

/** By the database's clock: that of this machine may be wrong by more than an upload takes. */
async function ago(pool: Pool, seconds: number): Promise<Date> {
  const [row] = await ask(pool, agoSql, [seconds])
  return row?.moment as Date
}

function ask(pool: Pool, sql: string, values: unknown[]): Promise<Record<string, unknown>[]> {
  return withClient(pool, async client => {
    const { rows } = await client.query(sql, values).catch((error: unknown) => {
      throw databaseFault(error)
    })
    return rows
  })
}
