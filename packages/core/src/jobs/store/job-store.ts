// Jobs in the database: written, claimed, ended and read. All times are the database's.
import { setTimeout } from 'node:timers/promises'
import { LadingError } from '../../errors/lading-error.ts'
import type { ExportProgress } from '../../exporter/options.ts'
import { type Client, type Pool, withClient } from '../../postgres/client.ts'
import { databaseFault } from '../../postgres/sqlstate.ts'
import { claimSql, isClaimableSql } from './claim-sql.ts'
import { followUp } from './followers.ts'
import { endFrozenBatch } from './frozen-batch.ts'
import type { JobKind, JobStatus } from './job.ts'
import { type JobRow, jobColumns } from './job-row.ts'
import {
  asTheyAreSql,
  bundleSql,
  endSql,
  insertSql,
  listSql,
  progressSql,
  releaseSql,
  survivedSql,
  waitSql,
  withdrawSql,
} from './job-sql.ts'
import { type Kept, withKept } from './kept.ts'
import type { ListPlace } from './list-cursor.ts'
import type { NewJob } from './new-job.ts'
import type { NewOutbox } from './outbox.ts'
import { expectOwnTablesKept } from './own-tables.ts'
import { insertUrlSql } from './remote-source.ts'
import { inTransaction } from './transaction.ts'

export interface ListJobs {
  readonly kind: JobKind
  readonly status?: JobStatus | undefined
  readonly resource?: string | undefined
  /** Jobs of these only. */
  readonly resources?: readonly string[] | undefined
  /** Jobs of this tenant only; `''`: of none. @defaultValue those of all */
  readonly tenant?: string | undefined
  /** 1 to 100. @defaultValue 20 */
  readonly limit?: number | undefined
  /** `nextCursor` of the page before: when its last job was submitted, and its id. */
  readonly cursor?: string | undefined
}

/** Who takes a job. */
export interface Claimant {
  readonly name: string
  readonly leaseSeconds: number
  /** Identity of the storage that this worker reads from, if that has one. */
  readonly storage: string | undefined
}

export interface JobStore {
  /**
   * Writes pending jobs, and returns them as they are then. Their transaction begins with `precede`, which may refuse
   * them, and ends with what `join` adds.
   */
  insert(
    jobs: readonly [NewJob, ...NewJob[]],
    precede: (client: Client) => Promise<void>,
    join: (client: Client) => Promise<void>,
  ): Promise<readonly [JobRow, ...JobRow[]]>
  /** Takes back jobs of which each waits for the one before it. False if somebody has begun the first. */
  withdraw(ids: readonly string[]): Promise<boolean>
  /**
   * Takes a job that is pending, or whose lease has run out; undefined if it is someone else's, waits or has ended;
   * `'elsewhere'` if only workers of another storage can. A worker that was frozen amid a batch loses its connection.
   *
   * @throws LadingError `DATABASE_UNAVAILABLE` if it could be taken, but its row stays locked
   */
  claim(id: string, claimant: Claimant): Promise<JobRow | 'elsewhere' | undefined>
  /** Tells how far an export is; nobody is told if the job was taken over, cancelled or ended. */
  progress(id: string, token: string, progress: ExportProgress): Promise<void>
  /** Gives a job back. False if it was no longer ours. @param attempt whether this one counts, and so must pause */
  release(id: string, token: string, attempt: { readonly counts: boolean }): Promise<boolean>
  /**
   * Gives a job back that waits for shared infrastructure. Undefined if it was no longer ours.
   *
   * @returns seconds until it is tried again
   */
  wait(
    id: string,
    token: string,
    outage: { readonly code: string; readonly message: string; readonly ageSeconds: number },
  ): Promise<number | undefined>
  /** Says that this worker lives, though somebody took the job over as if it had died. */
  survived(id: string, token: string, worker: string): Promise<void>
  /**
   * Ends a job and sees to those that wait for it. False if it was no longer ours. Of an atomic import that failed,
   * nothing is in the table.
   *
   * @param set further columns; `expires_in_hours` becomes `expires_at`
   */
  end(
    id: string,
    token: string,
    how: 'complete' | 'fail',
    set: Readonly<Record<string, unknown>>,
  ): Promise<boolean>
  get(id: string): Promise<JobRow | undefined>
  /** The job and all that came in one bundle with it, in their order. */
  getBundle(id: string): Promise<JobRow[]>
  /** Newest first. @param options `behind`: where the page before it ends */
  list(
    options: ListJobs & { readonly limit: number; readonly behind: ListPlace | undefined },
  ): Promise<(JobRow & ListPlace)[]>
}

/** @param kept what is written down with each new job */
export function createJobStore(pool: Pool, newOutbox: NewOutbox, kept: Kept): JobStore {
  const ask: Ask = <Row>(sql: string, values: unknown[]): Promise<Row[]> =>
    withClient(pool, async client => {
      // Each statement names the columns that its row type has.
      const { rows } = await client.query(sql, values).catch(rethrow)
      return rows as Row[]
    })
  return {
    insert: (jobs, precede, join) => insertJobs(pool, jobs, kept, precede, join),
    withdraw: ([first, ...others]) =>
      inTransaction(pool, async client => {
        if ((await client.query(withdrawSql, [[first]])).rows.length === 0) return false
        await client.query(withdrawSql, [others])
        return true
      }),
    async claim(id, claimant) {
      let found = await claimUnlocked(ask, id, claimant)
      if (found === 'locked' && (await endFrozenBatch(pool, id)))
        found = await claimUnlocked(ask, id, claimant)
      if (found !== 'locked') return found
      throw new LadingError(
        'DATABASE_UNAVAILABLE',
        'The job is held by a worker that does not answer any more; it is tried again.',
      )
    },
    async progress(id, token, { rows, bytes }) {
      await ask(progressSql, [id, token, rows, bytes])
    },
    release: async (id, token, { counts }) => (await ask(releaseSql, [id, token, counts])).length > 0,
    async wait(id, token, { code, message, ageSeconds }) {
      const values = [id, token, code, message, ageSeconds]
      const [row] = await ask<{ pause_seconds: number }>(waitSql, values)
      return row?.pause_seconds
    },
    async survived(id, token, worker) {
      await ask(survivedSql, [id, token, worker])
    },
    async end(id, token, how, set) {
      const { text, values } = endSql(how, set)
      const outbox = newOutbox()
      const isOurs = await inTransaction(pool, async client => {
        const { rows } = await client.query(text, [id, token, ...values])
        // What has failed may be retried before its worker looks again; what is completed stays as it is.
        if (how === 'fail') for (const row of rows) outbox.ended(row as unknown as JobRow)
        // Also where the job was ended in the transaction of its rows: nobody has looked after the others yet.
        await followUp(client, id, outbox)
        return rows.length > 0
      })
      await outbox.flushIfRoom()
      return isOurs
    },
    get: async id => (await ask<JobRow>(`select ${jobColumns} from lading.jobs where id = $1`, [id]))[0],
    getBundle: id => ask<JobRow>(bundleSql, [id]),
    list: ({ kind, status, resource, limit, behind, tenant, resources }) => {
      const { created_micros, id } = behind ?? {}
      const values = [kind, status, resource, created_micros, limit, tenant, resources, id]
      return ask<JobRow & ListPlace>(
        listSql,
        values.map(value => value ?? null),
      )
    },
  }
}

type Ask = <Row>(sql: string, values: unknown[]) => Promise<Row[]>

/** A row is locked for a moment by whoever looks at it; for longer only by a worker amid a batch. */
const lockTries = 20
const lockPauseMs = 50

/** `'locked'` if it could be taken, but somebody holds its row. */
async function claimUnlocked(
  ask: Ask,
  id: string,
  { name, leaseSeconds, storage }: Claimant,
): Promise<JobRow | 'elsewhere' | undefined | 'locked'> {
  for (let tries = 0; tries < lockTries; tries++) {
    const [row] = await ask<JobRow>(claimSql, [id, name, leaseSeconds, storage ?? null])
    if (row !== undefined) return row
    const [free] = await ask<{ is_here: boolean }>(isClaimableSql, [id, storage ?? null])
    if (free?.is_here !== true) return free && 'elsewhere'
    await setTimeout(lockPauseMs * Math.random())
  }
  return 'locked'
}

function insertJobs(
  pool: Pool,
  jobs: readonly [NewJob, ...NewJob[]],
  kept: Kept,
  precede: (client: Client) => Promise<void>,
  join: (client: Client) => Promise<void>,
): Promise<readonly [JobRow, ...JobRow[]]> {
  return inTransaction(pool, async client => {
    await expectOwnTablesKept(client)
    await precede(client)
    for (const job of jobs) {
      await client.query(insertSql, valuesOf(job, kept))
      if (job.remote !== undefined) await client.query(insertUrlSql, [job.id, job.remote.url])
    }
    await join(client)
    const { rows } = await client.query(asTheyAreSql, [jobs.map(({ id }) => id)])
    // As many as were inserted, in this transaction.
    return rows as unknown as [JobRow, ...JobRow[]]
  })
}

function valuesOf(job: NewJob, kept: Kept): unknown[] {
  const { source, caller } = job
  return [
    job.id,
    job.kind,
    job.resource,
    job.format,
    JSON.stringify(withKept(job, kept)),
    source?.key ?? null,
    source?.size ?? null,
    source?.sha256 ?? null,
    JSON.stringify(job.metadata),
    job.after ?? null,
    caller?.tenant ?? '',
    caller?.principal ?? null,
    job.bundle ?? null,
    source?.storage ?? null,
  ]
}

function rethrow(error: unknown): never {
  throw databaseFault(error)
}
