// A staging table on one connection, and batches through it: COPY in one round trip, merge and commit in another.
import { setTimeout } from 'node:timers/promises'
import { copyIn } from '../../postgres/copy/copy-in.ts'
import type { Client } from '../../postgres/pool/client.ts'
import { blame, databaseFault } from '../../postgres/sqlstate.ts'
import type { CommitStatements } from '../../postgres/transaction/commit-level.ts'
import { beginWriting } from '../../postgres/transaction/transaction.ts'
import type { Target } from '../catalogue/target.ts'
import type { Row } from '../resource/row.ts'
import type { StagedBatch } from './encode-batch.ts'
import { asideJudge } from './explain/rejected-early.ts'
import { withoutUnreadable } from './explain/unreadable.ts'
import { assertAccounted, type MergeOutcome } from './merge/batch-outcome.ts'
import { hasCastChecks } from './merge/cast-checks.ts'
import type { OnConflict } from './merge/conflict.ts'
import { mergeBatch } from './merge/merge-batch.ts'
import { forgetErrors, insertedOnly, type MergeContext, type MergeStrategy } from './merge/merge-context.ts'
import { drawsJudge } from './sequences/may-draw.ts'
import type { Sequences } from './sequences/sequences.ts'
import type { ShadowTable } from './shadow/shadow-table.ts'
import { type StagingTable, stagingTable } from './staging-table.ts'

/** A batch is tried this often when other transactions get in its way (40001, 40P01). */
const attempts = 5

export interface StagingConnection {
  /**
   * Merges a batch; rows that stay out have errors afterwards.
   *
   * @param aside records that are rejected already: what else the database knows to be wrong with them is noted with it
   * @param record statements that are committed with the batch, asked for when it is known what stays out; without
   * any, the batch is taken back
   * @returns undefined if it was taken back
   * @throws LadingError with no row of the batch kept
   */
  merge(
    batch: StagedBatch,
    aside: readonly Row[],
    record?: (outcome: MergeOutcome) => string | undefined,
  ): Promise<MergeOutcome | undefined>
  /** Drops the staging table. Its commit is a synchronous one, so all batches before it are on disk then. */
  close(): Promise<void>
}

export interface StagingConnectionOptions {
  /**
   * `own`: each batch is a transaction. `caller`: the connection is inside a transaction of the caller, which is
   * neither committed nor rolled back here.
   */
  readonly transaction: 'own' | 'caller'
  /** @defaultValue `'error'` */
  readonly onConflict?: OnConflict
  readonly sequences: Sequences
  /** The batches go into a stand-in of the table, which is what `target` names then. */
  readonly rehearsal?: ShadowTable
  /** Statements at the beginning of each batch's transaction, without a result set: settings, and a fence. */
  readonly preamble?: string
  readonly commits: CommitStatements
}

export async function openStagingConnection(
  client: Client,
  target: Target,
  options: StagingConnectionOptions,
): Promise<StagingConnection> {
  const staging = stagingTable(target)
  const { onConflict = 'error', transaction, rehearsal, sequences, commits } = options
  await client.query(staging.create).catch(rethrow)
  let road: MergeStrategy = 'optimistic'
  const { opening, closing, takeBack } = frame(staging, options)
  const asides = asideJudge(client, target)
  const draws = drawsJudge(client, target)

  const fill = async (batch: StagedBatch): Promise<void> => {
    if (batch.rows.length === 0) await client.query(opening)
    else await copyIn(client, `${opening}; ${staging.copy(batch)}`, batch.chunks, batch.rows.length)
  }
  const work = async (
    batch: StagedBatch,
    aside: readonly Row[],
    record: Recorder,
  ): Promise<MergeOutcome | undefined> => {
    let isTakenBack = false
    forgetErrors(batch)
    if (rehearsal === undefined) await draws(batch)
    await sequences.beforeBatch(client, batch)
    await fill(batch)
    if (aside.length > 0) await asides.judge(aside)
    const job: MergeContext = {
      client,
      target,
      staging: staging.sql,
      batch,
      onConflict,
      road,
      sequences,
      async finish(ending) {
        const { outcome, before } = ending
        assertAccounted(batch.rows, outcome)
        const recorded = record(outcome)
        isTakenBack = recorded === undefined
        // Others wait for a sequence that is locked, so it comes last.
        const kept = [
          recorded,
          rehearsal?.keepSql(staging.sql, batch),
          sequences.afterBatch(staging.sql, batch, ending),
        ]
        const statements = [before, ...(isTakenBack ? [takeBack] : [...kept, closing])]
        const result = await client.query(statements.filter(Boolean).join('; '))
        if (!isTakenBack) sequences.hear(result)
      },
    }
    const merged = await mergeBatch(rehearsal === undefined ? job : await fetched(job, rehearsal))
    if (isTakenBack) return undefined
    road = merged.road
    rehearsal?.kept(batch)
    return merged.outcome
  }
  return {
    async merge(batch, aside, record) {
      if (batch.rows.length + aside.length === 0 && record === undefined) return insertedOnly(0)
      for (let attempt = 1; ; attempt++) {
        try {
          return await work(batch, aside, record ?? (() => ''))
        } catch (error) {
          if (transaction !== 'own' || blame(error) !== 'retry' || attempt === attempts) rethrow(error)
          await client.query('rollback').catch(rethrow)
          // At random, so that two imports that met do not meet again.
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

/** Brings what the rows can meet into the stand-in, which takes values that can be compared. */
async function fetched(job: MergeContext, rehearsal: ShadowTable): Promise<MergeContext> {
  if (job.batch.rows.length === 0) return job
  const read = hasCastChecks(job.target, job.batch) ? await withoutUnreadable(job) : job
  await job.client.query(rehearsal.fetchSql(job.staging, read.batch))
  return read
}

type Recorder = (outcome: MergeOutcome) => string | undefined

interface Frame {
  /** Before the COPY. */
  readonly opening: string
  /** Behind the merge. */
  readonly closing: string
  /** In place of `closing`, as if there had been no batch. */
  readonly takeBack: string
}

function frame(
  staging: StagingTable,
  { transaction, commits, preamble = '' }: StagingConnectionOptions,
): Frame {
  // In a transaction of the caller no commit empties the staging table.
  if (transaction === 'caller') {
    return {
      opening: `truncate ${staging.sql}; savepoint lading_batch; ${preamble}`,
      closing: 'release savepoint lading_batch',
      takeBack: 'rollback to savepoint lading_batch; release savepoint lading_batch',
    }
  }
  // A crash of the server may take back the last batches, but never half a one; `close` makes all of them durable.
  return {
    opening: beginWriting(commits.batch, preamble),
    closing: 'commit',
    takeBack: 'rollback',
  }
}

function rethrow(error: unknown): never {
  throw databaseFault(error)
}
