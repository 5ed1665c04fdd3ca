// Copies batches straight into the table, while the table accepts them whole.
import { copyIn } from '../../../postgres/copy/copy-in.ts'
import type { Client } from '../../../postgres/pool/checkout.ts'
import { faultOrigin, sqlstate } from '../../../postgres/sqlstate.ts'
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
import { directStrategy } from './direct-strategy.ts'

interface DirectCopyOptions {
  readonly transaction: BatchTransaction
  readonly sequences: Sequences
  readonly rejectedRecords: RejectedRowsJudge
}

/** `feature_not_supported` (PostgreSQL manual, appendix A). */
const unsupported = '0A000'

/** What became of a batch; `outcome` is undefined if `record` had it rolled back. */
export type CopiedBatch =
  | { readonly isDone: true; readonly outcome: MergeOutcome | undefined }
  /** The table refused a row, or a trigger dropped one. Nothing was changed. */
  | { readonly isDone: false }

export interface DirectCopyConnection {
  /** @returns undefined if the batch was not tried */
  copy(batch: StagedBatch, aside: readonly Row[], record: BatchRecorder): Promise<CopiedBatch | undefined>
  /** Tells how a batch fared that was merged instead. */
  merged(batch: StagedBatch, outcome: MergeOutcome): void
}

/** @returns undefined if no batch can be copied */
export function openDirectCopy(
  client: Client,
  target: Target,
  { transaction: { begin, commit, rollback }, sequences, rejectedRecords }: DirectCopyOptions,
): DirectCopyConnection | undefined {
  const direct = directCopy(target)
  if (direct === undefined) return undefined
  const strategy = directStrategy()
  const opening = [begin, ...constraintsNow(target)].join('; ')

  return {
    async copy(batch, aside, record) {
      if (batch.rows.length === 0 || !strategy.isDue || !direct.fits(batch)) return undefined
      try {
        const copied = await copyIn(client, `${opening}; ${direct.copy(batch)}`, batch.chunks)
        if (copied === batch.rows.length) {
          if (aside.length > 0) await rejectedRecords.judge(aside)
          const outcome = insertedOnly(copied)
          const recordSql = record(outcome)
          const ending =
            recordSql === undefined
              ? [rollback]
              : [...constraintsChecked(target), recordSql, sequences.afterCopy(batch), commit]
          const result = await client.query(ending.filter(Boolean).join('; '))
          if (recordSql === undefined) return { isDone: true, outcome: undefined }
          sequences.handleResult(result)
          strategy.succeeded()
          return { isDone: true, outcome }
        }
      } catch (error) {
        if (faultOrigin(error) !== 'row') throw error
        // COPY refuses tables whose row-level security applies to the role of the transaction.
        if (sqlstate(error) === unsupported) {
          strategy.giveUp()
          await client.query(rollback)
          return undefined
        }
      }
      strategy.refused()
      await client.query(rollback)
      return { isDone: false }
    },
    merged({ rows }, { inserted }) {
      strategy.merged(inserted === rows.length)
    },
  }
}
