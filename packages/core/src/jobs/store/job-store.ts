// Jobs in the database: written, claimed, ended and read. All times are the database's.
import type { ExportProgress } from '../../engine/export/exporter-options.ts'
import { type Client, type Pool, withClient } from '../../postgres/pool/client.ts'
import { databaseFault } from '../../postgres/sqlstate.ts'
import { insertUrlSql } from './files/remote-source.ts'
import { followUp } from './followers.ts'
import type { JobKind, JobStatus } from './job.ts'
import { type JobRow, jobColumns } from './job-row.ts'
import {
  asTheyAreSql,
  backOffSql,
  bundleSql,
  endSql,
  insertSql,
  listSql,
  progressSql,
  releaseSql,
  survivedSql,
  waitSql,
} from './job-sql.ts'
import { inTransaction } from './job-transaction.ts'
import type { ListPlace } from './list-cursor.ts'
import type { NewJob } from './new-job.ts'
import { assertOwnTablesDurable } from './own-tables.ts'
import { type RetentionOptions, withRetention } from './retention.ts'
import type { NewWakeUps } from './wake-ups.ts'

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

/** Milliseconds between two attempts at a job. */
export interface Backoff {
  /** After the first failed attempt; doubled each time. */
  readonly backoffMs: number
  /** Where the doubling ends, also for jobs that wait for shared infrastructure. */
  readonly maxBackoffMs: number
}

export interface JobStore {
  /**
   * Writes pending jobs, and returns them as they are then. Their transaction begins with `precede`, which may refuse
   * them, and ends with what `join` adds, which is given the lane of the first job.
   */
  insert(
    jobs: readonly [NewJob, ...NewJob[]],
    precede: (client: Client) => Promise<void>,
    join: (client: Client, lane: string) => Promise<void>,
  ): Promise<readonly [JobRow, ...JobRow[]]>
  /** Tells how far an export is; nobody is told if the job was taken over, cancelled or ended. */
  progress(id: string, token: string, progress: ExportProgress): Promise<void>
  /** Gives a job back at once; the attempt does not count. Returns its lane; undefined if it was no longer ours. */
  release(id: string, token: string): Promise<string | undefined>
  /** Gives a job back whose attempt failed; it is due after a pause. False if it was no longer ours. */
  backOff(id: string, token: string, pauses: Backoff): Promise<boolean>
  /** Gives a job back that waits for shared infrastructure. False if it was no longer ours. */
  wait(
    id: string,
    token: string,
    outage: { readonly code: string; readonly message: string; readonly ageSeconds: number },
    pauses: Backoff,
  ): Promise<boolean>
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
export function createJobStore(pool: Pool, newOutbox: NewWakeUps, kept: RetentionOptions): JobStore {
  const ask: Ask = <Row>(sql: string, values: unknown[]): Promise<Row[]> =>
    withClient(pool, async client => {
      // Each statement names the columns that its row type has.
      const { rows } = await client.query(sql, values).catch(rethrow)
      return rows as Row[]
    })
  return {
    insert: (jobs, precede, join) => insertJobs(pool, jobs, kept, precede, join),
    async progress(id, token, { rows, bytes }) {
      await ask(progressSql, [id, token, rows, bytes])
    },
    release: async (id, token) => (await ask<{ lane: string }>(releaseSql, [id, token]))[0]?.lane,
    backOff: async (id, token, { backoffMs, maxBackoffMs }) =>
      (await ask(backOffSql, [id, token, backoffMs, maxBackoffMs])).length > 0,
    async wait(id, token, { code, message, ageSeconds }, { maxBackoffMs }) {
      const values = [id, token, code, message, ageSeconds, maxBackoffMs]
      return (await ask(waitSql, values)).length > 0
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
      await outbox.flush()
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

function insertJobs(
  pool: Pool,
  jobs: readonly [NewJob, ...NewJob[]],
  kept: RetentionOptions,
  precede: (client: Client) => Promise<void>,
  join: (client: Client, lane: string) => Promise<void>,
): Promise<readonly [JobRow, ...JobRow[]]> {
  return inTransaction(pool, async client => {
    await assertOwnTablesDurable(client)
    await precede(client)
    const lanes: string[] = []
    for (const job of jobs) {
      const inserted = await client.query(insertSql, valuesOf(job, kept))
      lanes.push(...inserted.rows.map(({ lane }) => String(lane)))
      if (job.remote !== undefined) await client.query(insertUrlSql, [job.id, job.remote.url])
    }
    await join(client, String(lanes[0]))
    const { rows } = await client.query(asTheyAreSql, [jobs.map(({ id }) => id)])
    // As many as were inserted, in this transaction.
    return rows as unknown as [JobRow, ...JobRow[]]
  })
}

function valuesOf(job: NewJob, kept: RetentionOptions): unknown[] {
  const { source, caller } = job
  return [
    job.id,
    job.kind,
    job.resource,
    job.format,
    JSON.stringify(withRetention(job, kept)),
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
