// The context of merging a batch, and the steps that all strategies share.

import type { Client } from '../../../postgres/pool/checkout.ts'
import { faultOrigin } from '../../../postgres/sqlstate.ts'
import type { Target } from '../../catalogue/target.ts'
import { type StagedBatch, stagedCount } from '../encode-batch.ts'
import type { Sequences } from '../sequences/sequences.ts'
import type { MergeOutcome } from './batch-outcome.ts'
import { classifySql, type MergeChecks } from './classify-sql.ts'
import type { OnConflict } from './conflict.ts'
import type { Suspect } from './judge.ts'
import { mergeSql } from './merge-sql.ts'

/**
 * How a batch is merged. The next batch starts with the strategy that this one ended with, because a dirty file is
 * usually dirty throughout.
 *
 * - `optimistic`: insert all rows.
 * - `classified`: look for keys and references first.
 * - `checked`: and for rows that break a CHECK.
 * - `isolated`: try row by row.
 */
export type MergeStrategy = 'optimistic' | 'classified' | 'checked' | 'isolated'

export interface MergeContext {
  readonly client: Client
  readonly target: Target
  /** Quoted name of the staging table, which holds the batch. */
  readonly staging: string
  readonly batch: StagedBatch
  readonly onConflict: OnConflict
  /** The strategy to start with. */
  readonly strategy: MergeStrategy
  /** The table has just refused the batch as a whole. */
  readonly wasRefused?: boolean
  /** Sequences of the columns that the batch writes. */
  readonly sequences: Sequences
  /**
   * Finishes a successful merge, for example with COMMIT, in one round trip. It is called once the rejected rows have their
   * errors, so that the record of the batch can be committed with it.
   */
  readonly finish: (ending: MergeCompletion) => Promise<void>
  /** Fills in the values of rows that will have errors, if the rows were buffered without values. */
  readonly recall?: (rows: readonly number[]) => Promise<void>
}

export interface MergeCompletion {
  readonly outcome: MergeOutcome
  /** Numbers of the rows that were not inserted. */
  readonly out: readonly number[]
  /** Those of `out` that changed, or may have changed, a row of the table. @defaultValue none */
  readonly updated?: readonly number[]
  /** Statements to run first, in the same round trip. */
  readonly before?: string
}

export interface MergeResult {
  /** The strategy to start the next batch with. */
  readonly strategy: MergeStrategy
  readonly outcome: MergeOutcome
}

/**
 * Inserts all rows, except those in `excluded`, with one statement; the excluded rows already have errors.
 *
 * @returns undefined if a row is at fault; then nothing was changed
 */
export async function attempt(
  context: MergeContext,
  excluded: readonly number[],
): Promise<MergeOutcome | undefined> {
  const { target, staging, batch, finish } = context
  const outcome = insertedOnly(stagedCount(batch) - excluded.length)
  const merge = mergeSql(target, staging, batch, excluded, outcome.inserted)
  const before = `savepoint lading_merge; ${merge}; release savepoint lading_merge`
  const isDone = await tryInSavepoint(context, () => finish({ outcome, out: excluded, before }))
  return isDone ? outcome : undefined
}

/** @returns false if a row is at fault; then the transaction was rolled back to `savepoint lading_merge` */
export async function tryInSavepoint(context: MergeContext, work: () => Promise<void>): Promise<boolean> {
  try {
    await work()
    return true
  } catch (error) {
    if (faultOrigin(error) !== 'row') throw error
    await context.client.query('rollback to savepoint lading_merge')
    return false
  }
}

export async function classify(
  { client, target, staging, recall }: MergeContext,
  questions: MergeChecks,
): Promise<readonly Suspect[]> {
  if (questions.keys.length + questions.references.length === 0) return []
  const { rows } = await client.query(classifySql(target, staging, questions))
  await recall?.(rows.map(({ row }) => Number(row)))
  return rows
}

export function insertedOnly(inserted: number): MergeOutcome {
  return { inserted, updated: 0, ignored: 0 }
}

/** Removes the errors of the merge; staged rows have no others. */
export function clearErrors({ rows, unreadable }: StagedBatch): void {
  for (const [number, row] of rows.entries()) if (unreadable?.has(number) !== true) row.errors = undefined
}
