// The URL of an import's file until it is fetched, and the statements that replace it. A URL may hold a secret, and
// is stored nowhere else.
import { LadingError } from '../../../errors/lading-error.ts'
import { type Pool, withClient } from '../../../postgres/pool/checkout.ts'
import { databaseFault } from '../../../postgres/sqlstate.ts'
import type { JobRow } from '../job-row.ts'
import { transitionAllowedSql, transitionSql } from '../transitions.ts'

/** The format of a job while only its file could show it. */
export const unknownFormat = 'unknown'

export const insertUrlSql = 'insert into lading.remote_sources (job_id, url) values ($1, $2)'

const urlSql = 'select url from lading.remote_sources where job_id = $1'

/**
 * Attaches the file to the job, if this worker still holds the job, and deletes the URL. Attempts start at 0 for the
 * import, because those that fetched the file succeeded.
 */
const spooledSql = `
with spooled as (
  update lading.jobs
  set ${transitionSql('release')}, lease_until = null, worker = null, due_at = clock_timestamp(), attempts = 0,
    source_key = $3, source_size = $4, source_sha256 = $5, fetched_bytes = $4, format = $6, options = options || $7::jsonb,
    source_storage = $8
  where id = $1 and token = $2 and ${transitionAllowedSql('release')}
  returning id, lane
), forgotten as (
  delete from lading.remote_sources where job_id in (select id from spooled)
)
select * from spooled`

const fetchedSql = `
update lading.jobs set fetched_bytes = $3 where id = $1 and token = $2 and ${transitionAllowedSql('release')}`

/** URLs of jobs that ended without their file. */
export const oldUrlsSql = `
delete from lading.remote_sources
where job_id in (
  select r.job_id from lading.remote_sources r join lading.jobs j on j.id = r.job_id
  where j.status in ('completed', 'failed', 'cancelled')
    and coalesce(j.completed_at, j.created_at) < clock_timestamp() - make_interval(secs => $2::float8 * 86400)
  limit $1
)
returning job_id`

/** Undefined for a job that has its file, or has ended without it. */
export async function urlOf(pool: Pool, id: string): Promise<string | undefined> {
  const [found] = await query(pool, urlSql, [id])
  return found && String(found.url)
}

/**
 * Releases the job with its file. Returns the lane of the workers that import it; undefined if another worker has
 * taken the job, or it has ended.
 */
export async function attachFile(pool: Pool, values: unknown[]): Promise<string | undefined> {
  const [released] = await query(pool, spooledSql, values)
  return released && String(released.lane)
}

/** Records how much has been fetched, if this worker still holds the job. */
export async function writeFetched(
  pool: Pool,
  { id, token }: Pick<JobRow, 'id' | 'token'>,
  bytes: number,
): Promise<void> {
  await query(pool, fetchedSql, [id, token, bytes])
}

export function remoteImportsDisabled(): LadingError {
  return new LadingError('URL_NOT_ALLOWED', 'Imports from a URL are disabled here; upload the file instead.')
}

function query(pool: Pool, sql: string, values: unknown[]): Promise<Record<string, unknown>[]> {
  return withClient(pool, async client => {
    const { rows } = await client.query(sql, values).catch((error: unknown) => {
      throw databaseFault(error)
    })
    return rows
  })
}
