// Jobs in the database: written, claimed, ended and read. All times are the database's.
import { LadingError } from '../errors/lading-error.ts'
import { type Client, type Pool, withClient } from '../postgres/client.ts'
import { databaseFault } from '../postgres/sqlstate.ts'
import type { JobKind } from './job.ts'
import { type JobRow, jobColumns } from './job-row.ts'
import type { ListJobs } from './jobs.ts'

export interface NewJob {
  readonly id: string
  readonly kind: JobKind
  readonly resource: string
  readonly format: string
  readonly options: Readonly<Record<string, unknown>>
  readonly source?: { readonly key: string; readonly size: number; readonly sha256: string } | undefined
}

export interface JobStore {
  /** Writes a pending job, with whatever `join` adds to its transaction. */
  insert(job: NewJob, join?: (client: Client) => Promise<void>): Promise<JobRow>
  /** Takes a job that is pending, or whose lease has run out; undefined if it is someone else's, or ended. */
  claim(id: string, worker: string, leaseSeconds: number): Promise<JobRow | undefined>
  /** Keeps the lease. False if the job was taken over, cancelled or ended. */
  renew(id: string, token: string, leaseSeconds: number): Promise<boolean>
  /** Gives a job back, to be claimed again at once. @param attempt whether this one counts */
  release(id: string, token: string, attempt: { readonly counts: boolean }): Promise<void>
  /** Ends a job, if its token is still good; `set` are further columns. Of an atomic import that failed, nothing is in the table. */
  end(
    id: string,
    token: string,
    status: 'completed' | 'failed',
    set: Readonly<Record<string, unknown>>,
  ): Promise<void>
  get(id: string): Promise<JobRow | undefined>
  list(options: ListJobs & { readonly limit: number; readonly before: string | undefined }): Promise<JobRow[]>
}

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i

/** @throws LadingError `JOB_ID_INVALID` */
export function assertJobId(id: string): void {
  if (!uuid.test(id)) throw new LadingError('JOB_ID_INVALID', 'A job id must be a UUID.')
}

export function createJobStore(pool: Pool): JobStore {
  const ask = <Row>(sql: string, values: unknown[]): Promise<Row[]> =>
    withClient(pool, async client => {
      // Each statement names the columns that its row type has.
      const { rows } = await client.query(sql, values).catch(rethrow)
      return rows as Row[]
    })
  return {
    insert: (job, join) => insertJob(pool, job, join),
    claim: async (id, worker, leaseSeconds) => (await ask<JobRow>(claimSql, [id, worker, leaseSeconds]))[0],
    renew: async (id, token, leaseSeconds) => (await ask(renewSql, [id, token, leaseSeconds])).length > 0,
    async release(id, token, { counts }) {
      await ask(releaseSql, [id, token, counts ? 0 : 1])
    },
    async end(id, token, status, set) {
      const columns = Object.keys(set)
      const assignments = columns.map((column, index) => `, ${column} = $${index + 4}`).join('')
      const counted = columns.includes('processed') ? '' : takenBack
      await ask(endSql(assignments + counted), [id, token, status, ...Object.values(set)])
    },
    get: async id => (await ask<JobRow>(`select ${jobColumns} from lading.jobs where id = $1`, [id]))[0],
    list: ({ kind, status, resource, limit, before }) =>
      ask<JobRow>(listSql, [kind, status ?? null, resource ?? null, before ?? null, limit]),
  }
}

async function insertJob(pool: Pool, job: NewJob, join?: (client: Client) => Promise<void>): Promise<JobRow> {
  return withClient(pool, async client => {
    try {
      await client.query('begin')
      const { rows } = await client.query(insertSql, [
        job.id,
        job.kind,
        job.resource,
        job.format,
        JSON.stringify(job.options),
        job.source?.key ?? null,
        job.source?.size ?? null,
        job.source?.sha256 ?? null,
      ])
      await join?.(client)
      await client.query('commit')
      return rows[0] as unknown as JobRow
    } catch (error) {
      return rethrow(error)
    }
  })
}

function rethrow(error: unknown): never {
  throw databaseFault(error)
}

const insertSql = `
insert into lading.jobs (id, kind, resource, format, options, source_key, source_size, source_sha256)
values ($1, $2, $3, $4, $5::jsonb, $6, $7, $8)
returning ${jobColumns}`

// A worker that was stopped inside of a batch holds the row; skipping it leaves the claim to a later delivery.
const claimSql = `
update lading.jobs
set status = 'processing', token = token + 1, attempts = attempts + 1, worker = $2,
  lease_until = clock_timestamp() + make_interval(secs => $3), started_at = coalesce(started_at, clock_timestamp())
where id = (
  select id from lading.jobs
  where id = $1 and (status = 'pending' or (status = 'processing' and lease_until < clock_timestamp()))
  for update skip locked
)
returning ${jobColumns}`

const renewSql = `
update lading.jobs set lease_until = clock_timestamp() + make_interval(secs => $3)
where id = $1 and token = $2 and status = 'processing'
returning id`

const releaseSql = `
update lading.jobs set status = 'pending', lease_until = null, worker = null, attempts = attempts - $3
where id = $1 and token = $2 and status = 'processing'`

const endSql = (assignments: string) => `
update lading.jobs set status = $3, completed_at = clock_timestamp(), lease_until = null ${assignments}
where id = $1 and token = $2 and status = 'processing'`

/** An import of all or nothing that fails has counted what would be; nothing of it is. */
const takenBack = ['processed', 'successful', 'inserted', 'updated', 'ignored']
  .map(column => {
    const nothing = column === 'processed' ? 'failed' : '0'
    return `, ${column} = case when $3 = 'failed' and options @> '{"atomic": true}' and not options @> '{"dryRun": true}' then ${nothing} else ${column} end`
  })
  .join('')

const listSql = `
select ${jobColumns} from lading.jobs
where kind = $1 and ($2::text is null or status = $2) and ($3::text is null or resource = $3)
  and ($4::bigint is null or number < $4)
order by number desc
limit $5`
