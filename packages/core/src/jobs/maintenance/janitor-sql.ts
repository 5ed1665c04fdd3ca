// The janitor's statements. They return the keys of files that no row refers to any more.

/** Lets several janitors share the work, and none waits for a worker. */
const lockClause = 'for update skip locked'

const ended = `status in ('completed', 'failed', 'cancelled')`

/** The expression that `jobs_ended_idx` indexes. */
const endedAt = 'coalesce(completed_at, created_at)'

/**
 * Each storage has its own janitor. A file without a storage id comes from an earlier version, or from a storage
 * without an identity.
 */
function isHere(column: string, storage: string): string {
  return `(${column} is null or ${column} = ${storage}::text)`
}

/** The row keeps the facts about the file and only loses its key. */
export const expiredFilesSql = `
with due as (
  select id, file_key as key from lading.jobs
  where file_key is not null and expires_at <= clock_timestamp() and ${isHere('file_storage', '$2')}
  order by expires_at limit $1 ${lockClause}
)
update lading.jobs j set file_key = null from due where j.id = due.id returning due.key`

export const oldSpoolsSql = `
with due as (
  select id, source_key as key from lading.jobs
  where source_key is not null and ${isHere('source_storage', '$3')}
    and ${ended} and ${endedAt} < clock_timestamp() - make_interval(secs => $2::float8 * 86400)
  order by ${endedAt} limit $1 ${lockClause}
)
update lading.jobs j set source_key = null from due where j.id = due.id returning due.key`

/**
 * Deletes one job with its errors, rejected records and idempotency keys: deleting hundreds of thousands of errors
 * makes the transaction long enough. A job is kept while a repeated request or a waiting job may still need it.
 */
export const oldJobSql = `
delete from lading.jobs
where id = (
  select id from lading.jobs j
  where ${ended} and ${endedAt} < clock_timestamp() - make_interval(secs => $1::float8 * 86400)
    and not exists (
      select from lading.idempotency_keys k join lading.jobs asked on asked.id = k.job_id
      where (asked.id = j.id or asked.bundle = j.bundle) and k.expires_at > clock_timestamp()
    )
    and not exists (select from lading.jobs f where f.waiting and f.after_job = j.id)
  order by ${endedAt} limit 1 ${lockClause}
)
returning id, source_key, source_storage, file_key, file_storage`

export const expiredKeysSql = `
delete from lading.idempotency_keys
where (tenant, key) in (
  select tenant, key from lading.idempotency_keys
  where coalesce(expires_at, lease_until) <= clock_timestamp()
  limit $1 ${lockClause}
)
returning key`

/** A running export has written the object under the token of its claim. A bundle keeps its parts for hours. */
const isBeingWritten = `
  exists (
    select from lading.jobs
    where id = substring(key from '^exports/(?:t-[0-9a-f]+/)?([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})/')::uuid
      and status = 'processing' and substring(key from '/([0-9]+)\\.[^/]*$') = token::text
  )`

/** The keys among these that no job refers to. */
export const orphansSql = `
select key from unnest($1::text[]) as key
where not exists (select from lading.jobs where source_key = key)
  and not exists (select from lading.jobs where file_key = key)
  and not ${isBeingWritten}`

export const agoSql = 'select clock_timestamp() - make_interval(secs => $1) as moment'

/** Deletes storages and chores that have been inactive for 7 days. */
export const oldNamesSql = `
with forgotten as (
  delete from lading.storages where served_until < clock_timestamp() - interval '7 days'
)
delete from lading.chores where next_at < clock_timestamp() - interval '7 days'`

/** Returns one row if this process got the turn. */
export const acquireTurnSql = `
insert into lading.chores as c (name, next_at) values ($1, clock_timestamp() + make_interval(secs => $2))
on conflict (name) do update set next_at = excluded.next_at where c.next_at <= clock_timestamp()
returning name`
