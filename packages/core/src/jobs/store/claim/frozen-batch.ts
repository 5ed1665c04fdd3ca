// Terminates the connection of a worker that is frozen in a batch, so that others can lock the job's row.
import { setTimeout } from 'node:timers/promises'
import { type Pool, withClient } from '../../../postgres/pool/checkout.ts'
import { markSql } from './fence.ts'

/** Milliseconds within which a live worker sends something: it has the whole batch in memory before it begins. */
const observeMs = 1_000

/**
 * The server has no timeout for a COPY whose rows do not arrive, and that of an idle transaction is as long as a
 * lease. A backend is terminated only if it holds the mark of this claim, waits for its worker, and has received nothing
 * since the last check. A backend that computes, or waits for another lock, is alive.
 *
 * @param token of the claim. @defaultValue the last one
 * @returns false if there is none, if it is alive, or if this database user may not terminate it
 */
export async function endFrozenBatch(pool: Pool, id: string, token?: number): Promise<boolean> {
  const query = async (sql: string, values: unknown[]) =>
    // Best effort: the caller waits for the row anyway.
    (await withClient(pool, client => client.query(sql, values)).catch(() => undefined))?.rows ?? []
  const seen = (await query(waitingSql, [id, token ?? null])).map(({ moment }) => String(moment))
  if (seen.length === 0) return false
  await setTimeout(observeMs)
  const ended = await query(endSql, [id, token ?? null, seen, terminateTimeoutMs])
  return ended.some(({ is_gone }) => is_gone === true)
}

/** Milliseconds that a backend may take to roll back. */
const terminateTimeoutMs = 2_000

/** Another role's activity may be hidden from this user; such a backend does not count as waiting. */
const waitingSql = `
select a.pid, concat_ws(' ', a.pid, a.backend_start, a.xact_start, a.state_change, c.bytes_processed) as moment
from pg_locks l join pg_stat_activity a using (pid) left join pg_stat_progress_copy c using (pid),
  (select ${markSql('$1::text', '(select coalesce($2::int8, token)::text from lading.jobs where id = $1::uuid)')} as key) mark
where l.locktype = 'advisory' and l.mode = 'ShareLock' and l.granted and l.objsubid = 1
  and l.database = (select oid from pg_database where datname = current_database())
  and l.classid = ((mark.key >> 32) & 4294967295)::oid and l.objid = (mark.key & 4294967295)::oid
  and a.wait_event_type = 'Client' and a.wait_event = 'ClientRead'`

const endSql = `
select pg_terminate_backend(pid, $4) as is_gone from (${waitingSql}) waiting where moment = any ($3::text[])`
