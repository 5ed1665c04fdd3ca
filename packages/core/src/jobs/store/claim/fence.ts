// The fence of a batch: only the holder of the job's last token may write, and a mark shows others which connection
// does.
import { doBlock } from '../../../postgres/identifier.ts'
import { fenced } from '../../../postgres/sqlstate.ts'
import { setLocal } from '../../../postgres/transaction/transaction.ts'
import type { JobRow } from '../job-row.ts'
import { transitionAllowedSql } from '../transitions.ts'

/**
 * Locks the job's row for the batch, and aborts the batch if this worker's token is not the last one: a worker that
 * was presumed dead must not write alongside its successor. The mark is a shared lock, so nothing waits for it.
 */
export function fenceSql({ id, token }: Pick<JobRow, 'id' | 'token'>): string {
  return doBlock(`
begin
  perform from lading.jobs where id = '${id}' and token = ${Number(token)} and ${transitionAllowedSql('complete')} for update;
  if not found then
    raise exception using errcode = '${fenced}', message = 'fenced';
  end if;
  perform pg_advisory_xact_lock_shared(${markSql(`'${id}'`)});
end`)
}

/** A worker that freezes in a batch must not hold the job's row longer than its lease. */
export function idleLimitSql(leaseSeconds: number): string {
  return setLocal('idle_in_transaction_session_timeout', String(Math.ceil(leaseSeconds * 1000)))
}

/** The key of an advisory lock, held from the fence of a batch to its commit. @param id SQL of the job's id */
export function markSql(id: string): string {
  return `hashtextextended('lading batch ' || ${id}, 0)`
}
