// Who may write a batch of a job: the statements before it, and a mark by which others find the connection that does.
import { doBlock } from '../../../postgres/identifier.ts'
import { fenced } from '../../../postgres/sqlstate.ts'
import { setLocal } from '../../../postgres/transaction/transaction.ts'
import type { JobRow } from '../job-row.ts'
import { may } from '../transitions.ts'

/**
 * Locks the job's row for the batch, and ends the batch if this worker's token is not the last one: a worker that
 * was thought dead must not write beside its successor. The mark is shared, so that it makes nobody wait.
 */
export function fenceSql({ id, token }: Pick<JobRow, 'id' | 'token'>): string {
  return doBlock(`
begin
  perform from lading.jobs where id = '${id}' and token = ${Number(token)} and ${may('complete')} for update;
  if not found then
    raise exception using errcode = '${fenced}', message = 'fenced';
  end if;
  perform pg_advisory_xact_lock_shared(${markSql(`'${id}'`)});
end`)
}

/** A worker that is stopped inside of a batch must not hold the job's row longer than it holds the job. */
export function idleLimitSql(leaseSeconds: number): string {
  return setLocal('idle_in_transaction_session_timeout', String(Math.ceil(leaseSeconds * 1000)))
}

/** The key of an advisory lock, held from the fence of a batch to its commit. @param id SQL of the job's id */
export function markSql(id: string): string {
  return `hashtextextended('lading batch ' || ${id}, 0)`
}
