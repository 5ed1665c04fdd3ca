// What every way of merging a batch works with: the job, and the steps that they share.
import type { Target } from '../catalogue/target.ts'
import type { Client } from '../postgres/client.ts'
import { blame, sqlstate } from '../postgres/sqlstate.ts'
import { classifySql, type Questions } from './classify-sql.ts'
import type { OnConflict } from './conflict.ts'
import { isUnread } from './doubt.ts'
import { type StagedBatch, stagedCount } from './encode.ts'
import type { Suspect } from './judge.ts'
import { mergeSql } from './merge-sql.ts'
import type { MergeOutcome } from './outcome.ts'

/** How far a batch had to go. The next one begins there, because a dirty file is usually dirty throughout. */
export type Road = 'optimistic' | 'classified' | 'isolated'

export interface MergeJob {
  readonly client: Client
  readonly target: Target
  /** Quoted name of the staging table, which holds the batch. */
  readonly staging: string
  readonly batch: StagedBatch
  readonly onConflict: OnConflict
  /** Where to begin. */
  readonly road: Road
  /**
   * Statements behind a merge that succeeded, in the same round trip, such as COMMIT. Asked for when the rows that
   * stay out have their errors, so that what is recorded of the batch can be recorded with it.
   */
  readonly closing: (outcome: MergeOutcome) => string
  /** Fills in the values of rows that will have errors, where only their places were remembered. */
  readonly recall?: (rows: readonly number[]) => Promise<void>
}

export interface Merged {
  /** Where the next batch should begin. */
  readonly road: Road
  readonly outcome: MergeOutcome
}

/**
 * One set-based insert of all rows but those in `leftOut`, which are explained already. All or nothing.
 *
 * @returns undefined if a row is at fault, and nothing was changed
 */
export async function attempt(job: MergeJob, leftOut: readonly number[]): Promise<MergeOutcome | undefined> {
  const { client, target, staging, batch, closing } = job
  const outcome = insertedOnly(stagedCount(batch) - leftOut.length)
  const merge = mergeSql(target, staging, batch, leftOut, outcome.inserted)
  const isDone = await unlessRefused(job, async () => {
    await client.query(
      `savepoint lading_merge; ${merge}; release savepoint lading_merge; ${closing(outcome)}`,
    )
  })
  return isDone ? outcome : undefined
}

/** @returns false if a row is at fault; the transaction is then as it was at `savepoint lading_merge` */
export async function unlessRefused(job: MergeJob, work: () => Promise<void>): Promise<boolean> {
  try {
    await work()
    return true
  } catch (error) {
    const found = blame(error)
    if (found !== 'row' && found !== 'unclear' && !mayBeAValue(job, error)) throw error
    await job.client.query('rollback to savepoint lading_merge')
    return false
  }
}

/** Some types call a bad value a syntax error, or a table that does not exist: `tsquery`, `jsonpath`, `regclass`. */
function mayBeAValue({ target, batch }: MergeJob, error: unknown): boolean {
  return sqlstate(error)?.startsWith('42') === true && isUnread(target, batch)
}

export async function classify(
  { client, target, staging, recall }: MergeJob,
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
