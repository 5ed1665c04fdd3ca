// Jobs in the database: reads, releases and ends them. All times are the database's.
import type { ExportProgress } from '../../engine/export/exporter-options.ts'
import { type Pool, withClient } from '../../postgres/pool/checkout.ts'
import { databaseFault } from '../../postgres/sqlstate.ts'
import { updateFollowers } from './followers.ts'
import type { JobKind, JobStatus } from './job.ts'
import { type JobRow, jobColumns } from './job-row.ts'
import {
  backOffSql,
  bundleSql,
  endSql,
  listSql,
  progressSql,
  releaseSql,
  survivedSql,
  waitSql,
} from './job-sql.ts'
import { inTransaction } from './job-transaction.ts'
import type { ListPosition } from './list-cursor.ts'
import type { NewWakeUps } from './wake-ups.ts'

export interface ListJobs {
  readonly kind: JobKind
  readonly status?: JobStatus | undefined
  readonly resource?: string | undefined
  /** Only jobs of these resources. */
  readonly resources?: readonly string[] | undefined
  /** Only jobs of this tenant; `''` means jobs without a tenant. @defaultValue all tenants */
  readonly tenant?: string | undefined
  /** 1 to 100. @defaultValue 20 */
  readonly limit?: number | undefined
  /** `nextCursor` of the previous page: the time at which its last job was submitted, and the job's id. */
  readonly cursor?: string | undefined
}

/** Milliseconds between two attempts at a job. */
export interface Backoff {
  /** After the first failed attempt; doubled each time. */
  readonly backoffMs: number
  /** Upper limit of the pause. For jobs that wait for shared infrastructure it is at most a minute. */
  readonly maxBackoffMs: number
}

export interface JobStore {
  /** Records the progress of an export; does nothing if the job was taken over, cancelled or ended. */
  progress(id: string, token: string, progress: ExportProgress): Promise<void>
  /**
   * Releases a job at once; the attempt does not count. Returns its lane; undefined if this worker no longer held it.
   */
  release(id: string, token: string): Promise<string | undefined>
  /** Releases a job whose attempt failed; it is due after a pause. False if this worker no longer held it. */
  backOff(id: string, token: string, pauses: Backoff): Promise<boolean>
  /** Releases a job that waits for shared infrastructure. False if this worker no longer held it. */
  wait(
    id: string,
    token: string,
    outage: { readonly code: string; readonly message: string; readonly ageSeconds: number },
    pauses: Backoff,
  ): Promise<boolean>
  /** Records that this worker is alive, after the job was rescued as if it had died. */
  survived(id: string, token: string, worker: string): Promise<void>
  /**
   * Ends a job and updates the jobs that wait for it. False if this worker no longer held it. A failed atomic import
   * leaves no rows in the table.
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
  /** The job and all others of its bundle, in their order. */
  getBundle(id: string): Promise<JobRow[]>
  /** Newest first. @param options `behind`: where the previous page ends */
  list(
    options: ListJobs & { readonly limit: number; readonly after: ListPosition | undefined },
  ): Promise<(JobRow & ListPosition)[]>
}

export function createJobStore(pool: Pool, newWakeUps: NewWakeUps): JobStore {
  const query: Query = <Row>(sql: string, values: unknown[]): Promise<Row[]> =>
    withClient(pool, async client => {
      // Each statement selects the columns of its row type.
      const { rows } = await client.query(sql, values).catch(rethrow)
      return rows as Row[]
    })
  return {
    async progress(id, token, { rows, bytes }) {
      await query(progressSql, [id, token, rows, bytes])
    },
    release: async (id, token) => (await query<{ lane: string }>(releaseSql, [id, token]))[0]?.lane,
    backOff: async (id, token, { backoffMs, maxBackoffMs }) =>
      (await query(backOffSql, [id, token, backoffMs, maxBackoffMs])).length > 0,
    async wait(id, token, { code, message, ageSeconds }, { maxBackoffMs }) {
      const values = [id, token, code, message, ageSeconds, maxBackoffMs]
      return (await query(waitSql, values)).length > 0
    },
    async survived(id, token, worker) {
      await query(survivedSql, [id, token, worker])
    },
    async end(id, token, how, set) {
      const { text, values } = endSql(how, set)
      const wakeUps = newWakeUps()
      const isOurs = await inTransaction(pool, async client => {
        const { rows } = await client.query(text, [id, token, ...values])
        // A failed job may be retried before its worker reports it, so report it here; a completed one does not
        // change.
        if (how === 'fail') for (const row of rows) wakeUps.ended(row as unknown as JobRow)
        // Also needed if the job was ended in the transaction of its rows: its followers are not updated yet.
        await updateFollowers(client, id, wakeUps)
        return rows.length > 0
      })
      await wakeUps.flush()
      return isOurs
    },
    get: async id => (await query<JobRow>(`select ${jobColumns} from lading.jobs where id = $1`, [id]))[0],
    getBundle: id => query<JobRow>(bundleSql, [id]),
    list: ({ kind, status, resource, limit, after, tenant, resources }) => {
      const { created_micros, id } = after ?? {}
      const values = [kind, status, resource, created_micros, limit, tenant, resources, id]
      return query<JobRow & ListPosition>(
        listSql,
        values.map(value => value ?? null),
      )
    },
  }
}

type Query = <Row>(sql: string, values: unknown[]) => Promise<Row[]>

function rethrow(error: unknown): never {
  throw databaseFault(error)
}
