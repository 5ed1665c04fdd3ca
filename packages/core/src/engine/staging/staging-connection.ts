// Sends batches to the database on one connection: straight into the table, or through a staging table and a merge.
import { setTimeout } from 'node:timers/promises'
import { LadingError } from '../../errors/lading-error.ts'
import { copyIn } from '../../postgres/copy/copy-in.ts'
import type { Client } from '../../postgres/pool/checkout.ts'
import { databaseFault, faultOrigin } from '../../postgres/sqlstate.ts'
import type { Target } from '../catalogue/target.ts'
import type { Row } from '../resource/row.ts'
import { type BatchTransactionOptions, batchTransaction } from './batch-transaction.ts'
import { openDirectCopy } from './direct/copy-batch.ts'
import type { StagedBatch } from './encode-batch.ts'
import { rejectedRowsJudge } from './explain/rejected-early.ts'
import { rejectUnreadable } from './explain/unreadable.ts'
import { assertAccounted, type BatchRecorder, type MergeOutcome } from './merge/batch-outcome.ts'
import { hasCastChecks } from './merge/cast-checks.ts'
import type { OnConflict } from './merge/conflict.ts'
import { mergeBatch } from './merge/merge-batch.ts'
import { clearErrors, insertedOnly, type MergeContext, type MergeStrategy } from './merge/merge-context.ts'
import { sequencePrivilegeChecker } from './sequences/may-draw.ts'
import type { Sequences } from './sequences/sequences.ts'
import type { ShadowTable } from './shadow/shadow-table.ts'
import { stagingTable } from './staging-table.ts'

/** How often a batch is tried if it conflicts with other transactions (40001, 40P01). */
const maxAttempts = 5

export interface StagingConnection {
  /**
   * Merges a batch. Rows that are not imported have errors afterwards.
   *
   * @param aside records that are already rejected; errors that only the database can find are added to them
   * @param record called once the rejected rows are known
   * @returns undefined if the batch was rolled back
   * @throws LadingError if the batch fails; no row of it is kept
   */
  merge(batch: StagedBatch, aside: readonly Row[], record?: BatchRecorder): Promise<MergeOutcome | undefined>
  /** Call it after the last batch. All batches are then on disk, unless the caller is still to commit them. */
  close(): Promise<void>
}

export interface StagingConnectionOptions extends BatchTransactionOptions {
  /** @defaultValue `'error'` */
  readonly onConflict?: OnConflict
  readonly sequences: Sequences
  /** The batches are merged into this shadow table; `target` must be its target. */
  readonly shadowTable?: ShadowTable
}

export function openStagingConnection(
  client: Client,
  target: Target,
  options: StagingConnectionOptions,
): StagingConnection {
  const { onConflict = 'error', transaction, shadowTable, sequences } = options
  const staging = stagingTable(target)
  const batchStatements = batchTransaction(options)
  const { begin, commit, rollback, flush } = batchStatements
  const rejectedRecords = rejectedRowsJudge(client, target)
  const checkSequences = sequencePrivilegeChecker(client, target)
  const direct = openDirectCopy(client, target, { transaction: batchStatements, sequences, rejectedRecords })
  let strategy: MergeStrategy = 'optimistic'
  let isCreated = false

  /** In a transaction of the caller one table serves all batches; else each transaction that needs one has its own. */
  const beginStaged = (): string => {
    if (transaction === 'own') return `${begin}; ${staging.createForTransaction}`
    return `${isCreated ? staging.truncate : staging.create}; ${begin}`
  }
  const fill = async (batch: StagedBatch): Promise<void> => {
    if (batch.rows.length === 0) {
      await client.query(begin)
      return
    }
    const copied = await copyIn(client, `${beginStaged()}; ${staging.copy(batch)}`, batch.chunks)
    isCreated = true
    if (copied === batch.rows.length) return
    throw new LadingError(
      'INTERNAL',
      `COPY stored ${copied} rows where ${batch.rows.length} were sent; none of them were kept.`,
    )
  }
  const mergeStaged = async (
    batch: StagedBatch,
    aside: readonly Row[],
    record: BatchRecorder,
    wasRefused: boolean,
  ): Promise<MergeOutcome | undefined> => {
    let isRolledBack = false
    await fill(batch)
    if (aside.length > 0) await rejectedRecords.judge(aside)
    const context: MergeContext = {
      client,
      target,
      staging: staging.sql,
      batch,
      onConflict,
      strategy,
      wasRefused,
      sequences,
      async finish(ending) {
        const { outcome, before } = ending
        assertAccounted(batch.rows, outcome)
        const recordSql = record(outcome)
        isRolledBack = recordSql === undefined
        // Others wait for a locked sequence, so sequences come last.
        const afterMerge = [
          recordSql,
          batch.rows.length === 0 ? '' : shadowTable?.storeSql(staging.sql, batch),
          sequences.afterBatch(staging.sql, batch, ending),
        ]
        const statements = [before, ...(isRolledBack ? [rollback] : [...afterMerge, commit])]
        const result = await client.query(statements.filter(Boolean).join('; '))
        if (!isRolledBack) sequences.handleResult(result)
      },
    }
    const merged = await mergeBatch(
      shadowTable === undefined ? context : await fetchRows(context, shadowTable),
    )
    if (isRolledBack) return undefined
    strategy = merged.strategy
    shadowTable?.markStored(batch)
    return merged.outcome
  }
  const mergeOnce = async (
    batch: StagedBatch,
    aside: readonly Row[],
    record: BatchRecorder,
  ): Promise<MergeOutcome | undefined> => {
    clearErrors(batch)
    if (shadowTable === undefined) await checkSequences(batch)
    await sequences.beforeBatch(client, batch)
    const copied = await direct?.copy(batch, aside, record)
    if (copied?.isDone === true) return copied.outcome
    const outcome = await mergeStaged(batch, aside, record, copied !== undefined)
    if (outcome !== undefined) direct?.merged(batch, outcome)
    return outcome
  }
  return {
    async merge(batch, aside, record) {
      if (batch.rows.length + aside.length === 0 && record === undefined) return insertedOnly(0)
      for (let attempt = 1; ; attempt++) {
        try {
          return await mergeOnce(batch, aside, record ?? (() => ''))
        } catch (error) {
          if (transaction !== 'own' || faultOrigin(error) !== 'retry' || attempt === maxAttempts)
            rethrow(error)
          await client.query('rollback').catch(rethrow)
          // A random delay, so that two conflicting imports do not collide again.
          await setTimeout(10 * 2 ** attempt * Math.random())
        }
      }
    },
    async close() {
      const end = flush ?? (isCreated ? staging.drop : '')
      if (end !== '') await client.query(end).catch(rethrow)
    },
  }
}

/** Copies the rows that the batch can match into the shadow table, after checking the values that are compared. */
async function fetchRows(context: MergeContext, shadowTable: ShadowTable): Promise<MergeContext> {
  if (context.batch.rows.length === 0) return context
  const checked = hasCastChecks(context.target, context.batch) ? await rejectUnreadable(context) : context
  await context.client.query(shadowTable.fetchSql(context.staging, checked.batch))
  return checked
}

function rethrow(error: unknown): never {
  throw databaseFault(error)
}
