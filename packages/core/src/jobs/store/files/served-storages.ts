// Which storages have workers, and which hold files of jobs that wait for some.
import { type Pool, withClient } from '../../../postgres/pool/client.ts'
import { databaseFault } from '../../../postgres/sqlstate.ts'

/** Whether workers that import from a storage count as alive. @param id SQL of its identity */
function isServed(id: string): string {
  return `exists (select from lading.storages where lading.storages.id = ${id} and served_until > clock_timestamp())`
}

const couldBegin = `status = 'pending' and source_storage is not null and not waiting`

/** Workers that begin together with the first server of a storage have had the time to say so. */
const isNoNews = `created_at < clock_timestamp() - interval '1 minute'`

/** Of a job, whether it could begin and its storage has had no workers for a while. */
export const isUnserved = `${couldBegin} and ${isNoNews} and not ${isServed('source_storage')}`

/** Says that this storage has workers for another while. */
export async function serve(pool: Pool, storage: string, forSeconds: number): Promise<void> {
  await ask(pool, serveSql, [storage, forSeconds])
}

export interface UnservedStorage {
  readonly storage: string
  /** Pending jobs that could begin. */
  readonly jobs: number
}

/** Storages that hold the files of jobs which could begin, and have had no workers for a while. */
export async function unservedStorages(pool: Pool): Promise<readonly UnservedStorage[]> {
  const rows = await ask(pool, unservedSql, [])
  return rows.map(({ storage, jobs }) => ({ storage: String(storage), jobs: Number(jobs) }))
}

const serveSql = `
insert into lading.storages as s (id, served_until)
values ($1, clock_timestamp() + make_interval(secs => $2))
on conflict (id) do update set served_until = greatest(s.served_until, excluded.served_until)`

/** From storage to storage through the index: a backlog of one that is served is not read. */
const unservedSql = `
with recursive holding as (
  select (select min(source_storage) from lading.jobs where ${couldBegin}) as storage
  union all
  select (select min(source_storage) from lading.jobs where ${couldBegin} and source_storage > storage)
  from holding where storage is not null
)
select storage,
  (select count(*) from lading.jobs where ${couldBegin} and source_storage = storage)::int as jobs
from holding
where storage is not null and not ${isServed('storage')}
  and exists (select from lading.jobs where ${couldBegin} and source_storage = storage and ${isNoNews})
limit 100`

function ask(pool: Pool, sql: string, values: unknown[]): Promise<Record<string, unknown>[]> {
  return withClient(pool, async client => {
    const { rows } = await client.query(sql, values).catch((error: unknown) => {
      throw databaseFault(error)
    })
    return rows
  })
}
