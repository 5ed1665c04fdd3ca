// Statements that write a job's row. All times are the database's, and every status change comes from `transitions`.

import { commitsAsWholeSql } from './claim/whole-sql.ts'
import { jobColumns } from './job-row.ts'
import { progressNumberSql } from './progress-sql.ts'
import { type TransitionName, transitionAllowedSql, transitionSql } from './transitions.ts'

export const insertSql = `
insert into lading.jobs
  (id, kind, resource, format, options, source_key, source_size, source_sha256, metadata, after_job, waiting, tenant,
   principal, bundle, submitted_format, source_storage)
values ($1, $2, $3, $4, $5::jsonb, $6, $7, $8, $9::jsonb, $10, $10::uuid is not null, $11, $12, $13, $4, $14)
returning lane`

export const asTheyAreSql = `select ${jobColumns} from lading.jobs where id = any ($1::uuid[]) order by number`

/** The job alone, if it is not part of a bundle. */
export const bundleSql = `
select ${jobColumns} from lading.jobs
where id = $1 or bundle = (select bundle from lading.jobs where id = $1)
order by number`

/**
 * Renews the leases of many jobs, and returns those still held with their token. A row locked by its batch is
 * skipped, so that it does not delay the others: the batch renews the lease itself, just before its commit.
 */
export const renewSql = `
with held as (
  select id from lading.jobs join unnest($1::uuid[], $2::bigint[]) as mine(id, token) using (id, token)
  where ${transitionAllowedSql('release')}
), free as (
  select id from lading.jobs join unnest($1::uuid[], $2::bigint[]) as mine(id, token) using (id, token)
  where ${transitionAllowedSql('release')}
  for no key update of jobs skip locked
), renewed as (
  update lading.jobs set lease_until = clock_timestamp() + make_interval(secs => $3)
  where id in (select id from free)
)
select id from held`

export const progressSql = `
update lading.jobs set processed = $3, successful = $3, inserted = $3, bytes_read = $4
where id = $1 and token = $2 and ${transitionAllowedSql('complete')}`

/** The job had no such fault before, or has made progress since the last one. */
const hasAdvanced = `(outage_since is null or ${progressNumberSql} > outage_place)`

/** The attempt does not count, and the job keeps its due time. */
export const releaseSql = `
update lading.jobs
set ${transitionSql('release')}, lease_until = null, worker = null, outage_code = null, attempts = greatest(attempts - 1, 0)
where id = $1 and token = $2 and ${transitionAllowedSql('release')}
returning lane`

/**
 * Records a failed attempt. The pause doubles with each one, from `$3` to `$4` milliseconds, plus up to a quarter at
 * random, so that jobs that failed together do not retry together.
 */
export const backOffSql = `
update lading.jobs
set ${transitionSql('release')}, lease_until = null, worker = null, outage_code = null,
  due_at = clock_timestamp() + interval '1 ms'
    * least($4::float8, $3::float8 * power(2, least(attempts, 30) - 1) * (1 + random() / 4))
where id = $1 and token = $2 and ${transitionAllowedSql('release')}
returning id`

/**
 * Releases a job that waits for shared infrastructure. The attempt does not count. The randomized pause doubles up to
 * `$6` milliseconds, at most a minute. The outage starts over if the job made progress since the last one.
 */
export const waitSql = `
update lading.jobs
set ${transitionSql('release')}, lease_until = null, worker = null, attempts = greatest(attempts - 1, 0),
  outage_since = case when ${hasAdvanced} then clock_timestamp() - make_interval(secs => $5) else outage_since end,
  outages = case when ${hasAdvanced} then 1 else outages + 1 end,
  outage_place = greatest(outage_place, ${progressNumberSql}), outage_code = $3, outage_message = $4,
  due_at = clock_timestamp() + interval '1 ms' * least($6::float8, 60000, 250 * power(2, least(case when ${hasAdvanced} then 0 else outages end, 10)))
    * (0.75 + random() / 2)
where id = $1 and token = $2 and ${transitionAllowedSql('release')}
returning id`

/**
 * A worker that was only frozen reports that the job did not kill it; the job was rescued, and maybe claimed, since.
 */
export const survivedSql = `
update lading.jobs set attempts = greatest(attempts - 1, token - $2::bigint), lost_place = null
where id = $1 and lost_worker = $3
  and (token = $2::bigint and ${transitionAllowedSql('claim')} or token = $2::bigint + 1 and ${transitionAllowedSql('release')})`

/** @param set further columns and their values */
export function endSql(
  name: TransitionName,
  set: Readonly<Record<string, unknown>>,
): { text: string; values: unknown[] } {
  const columns = Object.keys(set)
  const assignments = columns.map((column, index) => `, ${assignment(column, `$${index + 3}`)}`).join('')
  const counted = name === 'complete' || columns.includes('processed') ? '' : rollBackCounts
  return {
    text: `
      update lading.jobs
      set ${transitionSql(name)}, completed_at = clock_timestamp(), lease_until = null${assignments}${counted}
      where id = $1 and token = $2 and ${transitionAllowedSql(name)}
      returning ${jobColumns}`,
    values: Object.values(set),
  }
}

/** A file expires by the database's clock, not the worker's. */
function assignment(column: string, value: string): string {
  return column === 'expires_in_hours'
    ? `expires_at = clock_timestamp() + ${value}::float8 * interval '1 hour'`
    : `${column} = ${value}`
}

/** An atomic import that does not complete has counted rows that are not in the table; this resets the counts. */
const rollBackCounts = ['processed', 'successful', 'inserted', 'updated', 'ignored']
  .map(column => {
    const reset = column === 'processed' ? 'failed' : '0'
    return `, ${column} = case when options @> '{"atomic": true}' and not options @> '{"dryRun": true}' then ${reset} else ${column} end`
  })
  .join('')

export const cancelSql = `
update lading.jobs
set ${transitionSql('cancel')}, completed_at = clock_timestamp(), lease_until = null, waiting = false${rollBackCounts}
where id = $1 and ${transitionAllowedSql('cancel')}
returning ${jobColumns}`

export const retrySql = `
update lading.jobs
set ${transitionSql('retry')}, attempts = 0, claimed_row = checkpoint_row, worker = null, due_at = clock_timestamp(), completed_at = null,
  outage_since = null, outage_code = null, outage_place = null, outages = 0, lost_place = null, lost_together = 0,
  error_code = null, error_message = null, unprocessed = null, waiting = after_job is not null,
  forgiven = case when ${commitsAsWholeSql} then 0 else failed end,
  counted_successful = greatest(counted_successful, successful), counted_failed = greatest(counted_failed, failed)
where id = $1 and ${transitionAllowedSql('retry')}
returning ${jobColumns}`

/** A total order: jobs of the same moment are ordered by id. Indexes support it, after `kind` and after the tenant. */
export const listSql = `
select ${jobColumns}, (extract(epoch from created_at) * 1000000)::bigint as created_micros
from lading.jobs
where kind = $1 and ($2::text is null or status = $2) and ($3::text is null or resource = $3)
  and ($4::bigint is null
    or (created_at, id) < (timestamptz 'epoch' + $4::bigint * interval '1 microsecond', $8::uuid))
  and ($6::text is null or tenant = $6) and ($7::text[] is null or resource = any ($7))
order by created_at desc, id desc
limit $5`

/** A waiting job locks the one it waits for, which then cannot end before this commit, and so sees who waits. */
export const lockSql = 'select kind, status from lading.jobs where id = $1 for share'
