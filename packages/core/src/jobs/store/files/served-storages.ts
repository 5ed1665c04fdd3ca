// Tracks which storages have workers, and which hold files of waiting jobs but have none.
import { type Pool, withClient } from '../../../postgres/pool/checkout.ts'
import { databaseFault } from '../../../postgres/sqlstate.ts'

/** Whether a storage has live import workers. @param id SQL of its identity */
function isServed(id: string): string {
  return `exists (select from lading.storages where lading.storages.id = ${id} and served_until > clock_timestamp())`
}

const canStart = `status = 'pending' and source_storage is not null and not waiting`

/** Gives workers that start at the same time as the storage's first server time to register. */
const isPastGracePeriod = `created_at < clock_timestamp() - interval '1 minute'`

/** Whether the job could start and its storage has had no workers for a while. */
export const isUnserved = `${canStart} and ${isPastGracePeriod} and not ${isServed('source_storage')}`

/** Records that this storage has workers for another `forSeconds`. */
export async function markServed(pool: Pool, storage: string, forSeconds: number): Promise<void> {
  await query(pool, serveSql, [storage, forSeconds])
}

export interface UnservedStorage {
  readonly storage: string
  /** Pending jobs that could start. */
  readonly jobs: number
}

/** Storages that hold files of jobs that could start, and have had no workers for a while. */
export async function unservedStorages(pool: Pool): Promise<readonly UnservedStorage[]> {
  const rows = await query(pool, unservedSql, [])
  return rows.map(({ storage, jobs }) => ({ storage: String(storage), jobs: Number(jobs) }))
}

const serveSql = `
insert into lading.storages as s (id, served_until)
values ($1, clock_timestamp() + make_interval(secs => $2))
on conflict (id) do update set served_until = greatest(s.served_until, excluded.served_until)`

/** Jumps from storage to storage through the index, so the backlog of a served one is not read. */
const unservedSql = `
with recursive holding as (
  select (select min(source_storage) from lading.jobs where ${canStart}) as storage
  union all
  select (select min(source_storage) from lading.jobs where ${canStart} and source_storage > storage)
  from holding where storage is not null
)
select storage,
  (select count(*) from lading.jobs where ${canStart} and source_storage = storage)::int as jobs
from holding
where storage is not null and not ${isServed('storage')}
  and exists (select from lading.jobs where ${canStart} and source_storage = storage and ${isPastGracePeriod})
limit 100`

function query(pool: Pool, sql: string, values: unknown[]): Promise<Record<string, unknown>[]> {
  return withClient(pool, async client => {
    const { rows } = await client.query(sql, values).catch((error: unknown) => {
      throw databaseFault(error)
    })
    return rows
  })
}
