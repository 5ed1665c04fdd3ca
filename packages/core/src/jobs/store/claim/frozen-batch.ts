// Ends the connection of a worker that was frozen in the middle of a batch, so that others get at the job's row.
import { setTimeout } from 'node:timers/promises'
import { type Pool, withClient } from '../../../postgres/pool/client.ts'
import { markSql } from './fence.ts'

/** Milliseconds in which a worker that lives sends something: it has all of a batch in memory before it begins. */
const lookMs = 1_000

/**
 * The server has no limit for a COPY whose rows do not come, and that of an idle transaction is as long as a lease.
 * Only a backend that writes a batch of this very job is ended, by the mark that the fence has set, and only while
 * it waits for its worker and has got nothing from it since the last look: one that computes, or waits for a lock of
 * somebody else, is alive.
 *
 * @returns false if there is none, if it is alive, or if this database user may not end it
 */
export async function endFrozenBatch(pool: Pool, id: string): Promise<boolean> {
  const ask = async (sql: string, values: unknown[]) =>
    // Best effort: whoever asks for it waits for the row anyway.
    (await withClient(pool, client => client.query(sql, values)).catch(() => undefined))?.rows ?? []
  const seen = (await ask(waitingSql, [id])).map(({ moment }) => String(moment))
  if (seen.length === 0) return false
  await setTimeout(lookMs)
  const ended = await ask(endSql, [id, seen, goneMs])
  return ended.some(({ is_gone }) => is_gone === true)
}

/** Milliseconds that a backend may take to roll back. */
const goneMs = 2_000

/** What a backend of another role does is not shown to everybody; then it is none of those that wait. */
const waitingSql = `
select a.pid, concat_ws(' ', a.pid, a.backend_start, a.xact_start, a.state_change, c.bytes_processed) as moment
from pg_locks l join pg_stat_activity a using (pid) left join pg_stat_progress_copy c using (pid),
  (select ${markSql('$1::text')} as key) mark
where l.locktype = 'advisory' and l.mode = 'ShareLock' and l.granted and l.objsubid = 1
  and l.database = (select oid from pg_database where datname = current_database())
  and l.classid = ((mark.key >> 32) & 4294967295)::oid and l.objid = (mark.key & 4294967295)::oid
  and a.wait_event_type = 'Client' and a.wait_event = 'ClientRead'`

const endSql = `
select pg_terminate_backend(pid, $3) as is_gone from (${waitingSql}) waiting where moment = any ($2::text[])`
