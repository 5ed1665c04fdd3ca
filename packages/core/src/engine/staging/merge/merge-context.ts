// What every way of merging a batch works with: the job, and the steps that they share.

import type { Client } from '../../../postgres/pool/client.ts'
import { blame } from '../../../postgres/sqlstate.ts'
import type { Target } from '../../catalogue/target.ts'
import { type StagedBatch, stagedCount } from '../encode-batch.ts'
import type { Sequences } from '../sequences/sequences.ts'
import type { MergeOutcome } from './batch-outcome.ts'
import { classifySql, type Questions } from './classify-sql.ts'
import type { OnConflict } from './conflict.ts'
import type { Suspect } from './judge.ts'
import { mergeSql } from './merge-sql.ts'

/** How far a batch had to go. The next one begins there, because a dirty file is usually dirty throughout. */
export type MergeStrategy = 'optimistic' | 'classified' | 'isolated'

export interface MergeContext {
  readonly client: Client
  readonly target: Target
  /** Quoted name of the staging table, which holds the batch. */
  readonly staging: string
  readonly batch: StagedBatch
  readonly onConflict: OnConflict
  /** Where to begin. */
  readonly road: MergeStrategy
  /** Of columns that the batch writes. */
  readonly sequences: Sequences
  /**
   * Does what belongs behind a merge that succeeded, such as COMMIT, in one round trip. Called when the rows that stay
   * out have their errors, so that what is recorded of the batch can be recorded with it.
   */
  readonly finish: (ending: Ending) => Promise<void>
  /** Fills in the values of rows that will have errors, where only their places were remembered. */
  readonly recall?: (rows: readonly number[]) => Promise<void>
}

export interface Ending {
  readonly outcome: MergeOutcome
  /** Numbers of the rows that were not inserted. */
  readonly out: readonly number[]
  /** Those of them that have changed a row of the table, or could have. @defaultValue none */
  readonly updated?: readonly number[]
  /** Statements that come first, in the same round trip. */
  readonly before?: string
}

export interface Merged {
  /** Where the next batch should begin. */
  readonly road: MergeStrategy
  readonly outcome: MergeOutcome
}

/**
 * One set-based insert of all rows but those in `leftOut`, which are explained already. All or nothing.
 *
 * @returns undefined if a row is at fault, and nothing was changed
 */
export async function attempt(
  job: MergeContext,
  leftOut: readonly number[],
): Promise<MergeOutcome | undefined> {
  const { target, staging, batch, finish } = job
  const outcome = insertedOnly(stagedCount(batch) - leftOut.length)
  const merge = mergeSql(target, staging, batch, leftOut, outcome.inserted)
  const before = `savepoint lading_merge; ${merge}; release savepoint lading_merge`
  const isDone = await unlessRefused(job, () => finish({ outcome, out: leftOut, before }))
  return isDone ? outcome : undefined
}

/** @returns false if a row is at fault; the transaction is then as it was at `savepoint lading_merge` */
export async function unlessRefused(job: MergeContext, work: () => Promise<void>): Promise<boolean> {
  try {
    await work()
    return true
  } catch (error) {
    if (blame(error) !== 'row') throw error
    await job.client.query('rollback to savepoint lading_merge')
    return false
  }
}

export async function classify(
  { client, target, staging, recall }: MergeContext,
  questions: Questions,
): Promise<readonly Suspect[]> {
  if (questions.keys.length + questions.references.length === 0) return []
  const { rows } = await client.query(classifySql(target, staging, questions))
  await recall?.(rows.map(({ row }) => Number(row)))
  return rows
}

export function insertedOnly(inserted: number): MergeOutcome {
  return { inserted, updated: 0, ignored: 0 }
}

/** Staged rows have no errors but those of the merge. */
export function forgetErrors({ rows, unreadable }: StagedBatch): void {
  for (const [number, row] of rows.entries()) if (unreadable?.has(number) !== true) row.errors = undefined
}
