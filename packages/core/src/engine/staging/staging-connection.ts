// Sends batches to the database on one connection: straight into the table, or through a staging table and a merge.
import { setTimeout } from 'node:timers/promises'
import { LadingError } from '../../errors/lading-error.ts'
import { copyIn } from '../../postgres/copy/copy-in.ts'
import type { Client } from '../../postgres/pool/checkout.ts'
import { databaseFault, faultOrigin } from '../../postgres/sqlstate.ts'
import type { Target } from '../catalogue/target.ts'
import type { Row } from '../resource/row.ts'
import type { BatchTurn } from './batch-order.ts'
import { type BatchTransactionOptions, batchTransaction } from './batch-transaction.ts'
import { openDirectCopy } from './direct/copy-batch.ts'
import type { DirectStrategy } from './direct/direct-strategy.ts'
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

/**
 * How long a batch waits for a lock while others of its run are open. PostgreSQL cannot see a cycle that goes through Node: the
 * lock may belong to a later batch, which waits for this one.
 */
const lockTimeoutMs = 100

export interface StagingConnection {
  /**
   * Merges a batch. Rows that are not imported have errors afterwards.
   *
   * @param aside records that are already rejected; errors that only the database can find are added to them
   * @param record called once the rejected rows are known
   * @param turn for batches on several connections: when this one may commit
   * @returns undefined if the batch was rolled back
   * @throws LadingError if the batch fails; no row of it is kept
   */
  merge(
    batch: StagedBatch,
    aside: readonly Row[],
    record?: BatchRecorder,
    turn?: BatchTurn,
  ): Promise<MergeOutcome | undefined>
  /** Call it after the last batch. All batches are then on disk, unless the caller is still to commit them. */
  close(): Promise<void>
}

export interface StagingConnectionOptions extends BatchTransactionOptions {
  /** @defaultValue `'error'` */
  readonly onConflict?: OnConflict
  readonly sequences: Sequences
  /** When batches are copied directly; shared by the connections of a run. @defaultValue one of its own */
  readonly directStrategy?: DirectStrategy | undefined
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
  const direct = openDirectCopy(client, target, {
    transaction: batchStatements,
    sequences,
    rejectedRecords,
    strategy: options.directStrategy,
  })
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
    const begun = (await direct?.begin(batch)) ?? 'untried'
    const copied = begun === 'copied' ? await direct?.commit(batch, aside, record) : undefined
    if (copied?.isDone === true) return copied.outcome
    return mergeRefused(batch, aside, record, begun !== 'untried')
  }
  const mergeRefused = async (
    batch: StagedBatch,
    aside: readonly Row[],
    record: BatchRecorder,
    wasRefused: boolean,
  ): Promise<MergeOutcome | undefined> => {
    const outcome = await mergeStaged(batch, aside, record, wasRefused)
    if (outcome !== undefined) direct?.merged(batch, outcome)
    return outcome
  }
  /** Copies the batch while earlier ones are open; for anything else, waits until it is alone. */
  const mergeInTurn = async (
    batch: StagedBatch,
    aside: readonly Row[],
    record: BatchRecorder,
    turn: BatchTurn,
  ): Promise<MergeOutcome | undefined> => {
    clearErrors(batch)
    for (;;) {
      let begun = turn.open() ? ((await direct?.begin(batch, lockTimeoutMs)) ?? 'untried') : 'held'
      if (begun === 'copied') {
        if (await turn.mayCommit()) {
          const copied = await direct?.commit(batch, aside, record)
          if (copied?.isDone === true) return copied.outcome
          begun = copied?.begun ?? 'untried'
        } else {
          await client.query(rollback)
          begun = 'held'
        }
      }
      if (begun === 'held') {
        await turn.come()
        continue
      }
      if (begun === 'blocked') turn.blocked()
      await turn.alone()
      return begun === 'refused' ? mergeRefused(batch, aside, record, true) : mergeOnce(batch, aside, record)
    }
  }
  return {
    async merge(batch, aside, record, turn) {
      if (batch.rows.length + aside.length === 0 && record === undefined) return insertedOnly(0)
      const recorder = record ?? (() => '')
      for (let attempt = 1; ; attempt++) {
        try {
          if (turn === undefined) return await mergeOnce(batch, aside, recorder)
          return await mergeInTurn(batch, aside, recorder, turn)
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
