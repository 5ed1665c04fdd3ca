// The fence of a batch: only the holder of the job's last token may write, and a mark shows others which connection
// does.
import type { BatchFence } from '../../../engine/staging/batch-transaction.ts'
import { doBlock } from '../../../postgres/identifier.ts'
import { fenced } from '../../../postgres/sqlstate.ts'
import { setLocal } from '../../../postgres/transaction/transaction.ts'
import type { JobRow } from '../job-row.ts'
import { transitionAllowedSql } from '../transitions.ts'

/**
 * Locks the job's row for the batch, and aborts the batch if this worker's token is not the last one: a worker that
 * was presumed dead must not write alongside its successor. The mark is a shared lock, so nothing waits for it.
 */
export function fenceSql(claim: Claim): string {
  return doBlock(`
begin${checkSql(claim)}${setMarkSql(claim)}
end`)
}

/**
 * The fence of the batches of a claim. A batch that is copied while the one before it is open is marked at its begin, and
 * checked with its counters: two batches cannot both lock the row.
 */
export function batchFence(claim: Claim, leaseSeconds: number): BatchFence {
  const limit = idleLimitSql(leaseSeconds)
  return {
    whole: `${limit}; ${fenceSql(claim)}`,
    mark: `${limit}; ${doBlock(`begin${setMarkSql(claim)} end`)}`,
    check: doBlock(`
begin${checkSql(claim)}
end`),
  }
}

type Claim = Pick<JobRow, 'id' | 'token'>

function checkSql({ id, token }: Claim): string {
  return `
  perform from lading.jobs where id = '${id}' and token = ${Number(token)} and ${transitionAllowedSql('complete')} for update;
  if not found then
    raise exception using errcode = '${fenced}', message = 'fenced';
  end if;`
}

function setMarkSql({ id, token }: Claim): string {
  return `
  perform pg_advisory_xact_lock_shared(${markSql(`'${id}'`, String(Number(token)))});`
}

/** A worker that freezes in a batch must not hold the job's row longer than its lease. */
export function idleLimitSql(leaseSeconds: number): string {
  return setLocal('idle_in_transaction_session_timeout', String(Math.ceil(leaseSeconds * 1000)))
}

/** The key of an advisory lock, held from the begin of a batch to its commit. @param id and @param token SQL of the claim's */
export function markSql(id: string, token: string): string {
  return `hashtextextended('lading batch ' || ${id} || ' ' || ${token}, 0)`
}
