// Sends batches through a staging table on one connection: COPY in one round trip, merge and commit in another.
import { setTimeout } from 'node:timers/promises'
import { copyIn } from '../../postgres/copy/copy-in.ts'
import type { Client } from '../../postgres/pool/checkout.ts'
import { databaseFault, faultOrigin } from '../../postgres/sqlstate.ts'
import type { CommitStatements } from '../../postgres/transaction/commit-level.ts'
import { beginWriting } from '../../postgres/transaction/transaction.ts'
import type { Target } from '../catalogue/target.ts'
import type { Row } from '../resource/row.ts'
import type { StagedBatch } from './encode-batch.ts'
import { rejectedRowsJudge } from './explain/rejected-early.ts'
import { rejectUnreadable } from './explain/unreadable.ts'
import { assertAccounted, type MergeOutcome } from './merge/batch-outcome.ts'
import { hasCastChecks } from './merge/cast-checks.ts'
import type { OnConflict } from './merge/conflict.ts'
import { mergeBatch } from './merge/merge-batch.ts'
import { clearErrors, insertedOnly, type MergeContext, type MergeStrategy } from './merge/merge-context.ts'
import { sequencePrivilegeChecker } from './sequences/may-draw.ts'
import type { Sequences } from './sequences/sequences.ts'
import type { ShadowTable } from './shadow/shadow-table.ts'
import { type StagingTable, stagingTable } from './staging-table.ts'

/** How often a batch is tried if it conflicts with other transactions (40001, 40P01). */
const maxAttempts = 5

export interface StagingConnection {
  /**
   * Merges a batch. Rows that are not imported have errors afterwards.
   *
   * @param aside records that are already rejected; errors that only the database can find are added to them
   * @param record returns statements to commit with the batch; called once the rejected rows are known. The batch is rolled
   * back if it returns undefined
   * @returns undefined if the batch was rolled back
   * @throws LadingError if the batch fails; no row of it is kept
   */
  merge(
    batch: StagedBatch,
    aside: readonly Row[],
    record?: (outcome: MergeOutcome) => string | undefined,
  ): Promise<MergeOutcome | undefined>
  /** Drops the staging table with a synchronous commit, after which all earlier batches are on disk. */
  close(): Promise<void>
}

export interface StagingConnectionOptions {
  /**
   * - `own`: each batch is a transaction.
   * - `caller`: the connection is in a transaction of the caller, which is neither committed nor rolled back here.
   */
  readonly transaction: 'own' | 'caller'
  /** @defaultValue `'error'` */
  readonly onConflict?: OnConflict
  readonly sequences: Sequences
  /** The batches are merged into this shadow table; `target` must be its target. */
  readonly shadowTable?: ShadowTable
  /** Statements at the start of each batch's transaction, such as settings and a fence; they return no result set. */
  readonly preamble?: string
  readonly commits: CommitStatements
}

/** Creates the staging table on the connection. */
export async function openStagingConnection(
  client: Client,
  target: Target,
  options: StagingConnectionOptions,
): Promise<StagingConnection> {
  const staging = stagingTable(target)
  const { onConflict = 'error', transaction, shadowTable, sequences, commits } = options
  await client.query(staging.create).catch(rethrow)
  let strategy: MergeStrategy = 'optimistic'
  const { begin, commit, rollback } = transactionSql(staging, options)
  const rejectedRecords = rejectedRowsJudge(client, target)
  const checkSequences = sequencePrivilegeChecker(client, target)

  const fill = async (batch: StagedBatch): Promise<void> => {
    if (batch.rows.length === 0) await client.query(begin)
    else await copyIn(client, `${begin}; ${staging.copy(batch)}`, batch.chunks, batch.rows.length)
  }
  const mergeOnce = async (
    batch: StagedBatch,
    aside: readonly Row[],
    record: Recorder,
  ): Promise<MergeOutcome | undefined> => {
    let isRolledBack = false
    clearErrors(batch)
    if (shadowTable === undefined) await checkSequences(batch)
    await sequences.beforeBatch(client, batch)
    await fill(batch)
    if (aside.length > 0) await rejectedRecords.judge(aside)
    const context: MergeContext = {
      client,
      target,
      staging: staging.sql,
      batch,
      onConflict,
      strategy: strategy,
      sequences,
      async finish(ending) {
        const { outcome, before } = ending
        assertAccounted(batch.rows, outcome)
        const recordSql = record(outcome)
        isRolledBack = recordSql === undefined
        // Others wait for a locked sequence, so sequences come last.
        const afterMerge = [
          recordSql,
          shadowTable?.storeSql(staging.sql, batch),
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
      const drop =
        transaction === 'own' ? `${beginWriting(commits.reported)}; ${staging.drop}; commit` : staging.drop
      await client.query(drop).catch(rethrow)
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

type Recorder = (outcome: MergeOutcome) => string | undefined

interface TransactionSql {
  /** Before the COPY. */
  readonly begin: string
  /** After the merge. */
  readonly commit: string
  /** Instead of `commit`: undoes the batch. */
  readonly rollback: string
}

function transactionSql(
  staging: StagingTable,
  { transaction, commits, preamble = '' }: StagingConnectionOptions,
): TransactionSql {
  // In a transaction of the caller there is no commit that empties the staging table.
  if (transaction === 'caller') {
    return {
      begin: `truncate ${staging.sql}; savepoint lading_batch; ${preamble}`,
      commit: 'release savepoint lading_batch',
      rollback: 'rollback to savepoint lading_batch; release savepoint lading_batch',
    }
  }
  // A crash of the server may lose the last batches, but never part of one; `close` makes all of them durable.
  return {
    begin: beginWriting(commits.batch, preamble),
    commit: 'commit',
    rollback: 'rollback',
  }
}

function rethrow(error: unknown): never {
  throw databaseFault(error)
}
