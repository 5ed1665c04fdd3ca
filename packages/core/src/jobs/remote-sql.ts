// The statements around a file that is fetched: where it is, and that it has come. Its URL may hold a secret, and is nowhere else.
import { jobColumns } from './job-row.ts'
import { may } from './transitions.ts'

export const insertUrlSql = 'insert into lading.remote_sources (job_id, url) values ($1, $2)'

export const urlSql = 'select url from lading.remote_sources where job_id = $1'

/**
 * The file is the job's from now on, if the job is still ours; and the URL is forgotten. An attempt that has got the
 * file is none that leads nowhere.
 */
export const spooledSql = `
with spooled as (
  update lading.jobs
  set source_key = $3, source_size = $4, source_sha256 = $5, format = $6, options = options || $7::jsonb, attempts = 1
  where id = $1 and token = $2 and ${may('release')}
  returning ${jobColumns}
), forgotten as (
  delete from lading.remote_sources where job_id in (select id from spooled)
)
select * from spooled`

/** Of jobs that ended without their file. */
export const oldUrlsSql = `
delete from lading.remote_sources
where job_id in (
  select r.job_id from lading.remote_sources r join lading.jobs j on j.id = r.job_id
  where j.status in ('completed', 'failed', 'cancelled')
    and coalesce(j.completed_at, j.created_at) < clock_timestamp() - make_interval(days => $2)
  limit $1
)
returning job_id`
