// Copies batches straight into the table, while the table accepts them whole.
import { copyIn } from '../../../postgres/copy/copy-in.ts'
import type { Client } from '../../../postgres/pool/checkout.ts'
import { faultOrigin, sqlstate } from '../../../postgres/sqlstate.ts'
import { setLocal } from '../../../postgres/transaction/transaction.ts'
import type { Target } from '../../catalogue/target.ts'
import type { Row } from '../../resource/row.ts'
import type { BatchTransaction } from '../batch-transaction.ts'
import type { StagedBatch } from '../encode-batch.ts'
import type { RejectedRowsJudge } from '../explain/rejected-early.ts'
import type { BatchRecorder, MergeOutcome } from '../merge/batch-outcome.ts'
import { insertedOnly } from '../merge/merge-context.ts'
import { constraintsChecked, constraintsNow } from '../merge/merge-sql.ts'
import type { Sequences } from '../sequences/sequences.ts'
import { directCopy } from './direct-copy.ts'
import { type DirectStrategy, directStrategy } from './direct-strategy.ts'

interface DirectCopyOptions {
  readonly transaction: BatchTransaction
  readonly sequences: Sequences
  readonly rejectedRecords: RejectedRowsJudge
  /** Shared by the connections of a run. @defaultValue one of its own */
  readonly strategy?: DirectStrategy | undefined
}

/** `feature_not_supported` (PostgreSQL manual, appendix A). */
const unsupported = '0A000'

/** `lock_not_available`, because of `lock_timeout`; `deadlock_detected`. */
const blockedStates: readonly unknown[] = ['55P03', '40P01']

/**
 * - `copied`: the rows are in the table; the transaction is open.
 * - `refused`: the table refused a row, or a trigger dropped one. Nothing was changed.
 * - `blocked`: a lock was not granted within `lockTimeoutMs`. Nothing was changed.
 * - `untried`
 */
export type BegunCopy = 'copied' | 'refused' | 'blocked' | 'untried'

/** What became of a copied batch; `outcome` is undefined if `record` had it rolled back. */
export type CommittedCopy =
  | { readonly isDone: true; readonly outcome: MergeOutcome | undefined }
  | { readonly isDone: false; readonly begun: 'refused' | 'blocked' }

export interface DirectCopyConnection {
  /** @param lockTimeoutMs how long it waits for a lock, if the batch before it may be open. @defaultValue for ever, and it is alone */
  begin(batch: StagedBatch, lockTimeoutMs?: number): Promise<BegunCopy>
  /** Ends the transaction of a copied batch. */
  commit(batch: StagedBatch, aside: readonly Row[], record: BatchRecorder): Promise<CommittedCopy>
  /** Tells how a batch fared that was merged instead. */
  merged(batch: StagedBatch, outcome: MergeOutcome): void
}

/** @returns undefined if no batch can be copied */
export function openDirectCopy(
  client: Client,
  target: Target,
  {
    transaction: { begin, beginAhead, fence, commit, rollback },
    sequences,
    rejectedRecords,
    strategy = directStrategy(),
  }: DirectCopyOptions,
): DirectCopyConnection | undefined {
  const direct = directCopy(target)
  if (direct === undefined) return undefined
  const opening = [begin, ...constraintsNow(target)].join('; ')
  const openingAhead = [beginAhead, ...constraintsNow(target)].join('; ')
  const giveUp = async (begun: 'refused' | 'blocked'): Promise<'refused' | 'blocked'> => {
    if (begun === 'refused') strategy.refused()
    await client.query(rollback)
    return begun
  }
  /** The batch is copied while the one before it may be open. A lock that any other awaits for ever is of another transaction. */
  let isAhead = false
  const begunAfter = (error: unknown): 'refused' | 'blocked' => {
    if (isAhead && blockedStates.includes(sqlstate(error))) return 'blocked'
    if (faultOrigin(error) !== 'row') throw error
    return 'refused'
  }

  return {
    async begin(batch, lockTimeoutMs) {
      if (batch.rows.length === 0 || !strategy.isDue || !direct.fits(batch)) return 'untried'
      isAhead = lockTimeoutMs !== undefined
      const opened = isAhead ? `${openingAhead}; ${setLocal('lock_timeout', `${lockTimeoutMs}ms`)}` : opening
      try {
        const copied = await copyIn(client, `${opened}; ${direct.copy(batch)}`, batch.chunks)
        return copied === batch.rows.length ? 'copied' : await giveUp('refused')
      } catch (error) {
        const begun = begunAfter(error)
        // COPY refuses tables whose row-level security applies to the role of the transaction.
        if (sqlstate(error) === unsupported) {
          strategy.giveUp()
          await client.query(rollback)
          return 'untried'
        }
        return giveUp(begun)
      }
    },
    async commit(batch, aside, record) {
      try {
        if (aside.length > 0) await rejectedRecords.judge(aside)
        const outcome = insertedOnly(batch.rows.length)
        const recordSql = record(outcome)
        const ending =
          recordSql === undefined
            ? [rollback]
            : [
                ...constraintsChecked(target),
                isAhead ? fence : '',
                recordSql,
                sequences.afterCopy(batch),
                commit,
              ]
        const result = await client.query(ending.filter(Boolean).join('; '))
        if (recordSql === undefined) return { isDone: true, outcome: undefined }
        sequences.handleResult(result)
        strategy.succeeded()
        return { isDone: true, outcome }
      } catch (error) {
        return { isDone: false, begun: await giveUp(begunAfter(error)) }
      }
    },
    merged({ rows }, { inserted }) {
      strategy.merged(inserted === rows.length)
    },
  }
}
