// One batch into the table: optimistically, then classified, then row by row. Every row gets in or is explained.
import type { Target } from '../catalogue/target.ts'
import { LadingError } from '../errors/lading-error.ts'
import type { Client } from '../postgres/client.ts'
import { blame } from '../postgres/sqlstate.ts'
import { classifySql, type Questions, questionsOf } from './classify-sql.ts'
import type { StagedBatch } from './encode.ts'
import { explainRefusal, explainVerdicts } from './explain.ts'
import { isolateSql, type Refusal, refusalsSql } from './isolate-sql.ts'
import { judge, type Suspect, type Verdict } from './judge.ts'
import { mergeSql } from './merge-sql.ts'

/** How far a batch had to go. The next one begins there, because a dirty file is usually dirty throughout. */
export type Road = 'optimistic' | 'classified' | 'isolated'

export interface MergeJob {
  readonly client: Client
  readonly target: Target
  /** Quoted name of the staging table, which holds the batch. */
  readonly staging: string
  readonly batch: StagedBatch
  /** Where to begin. */
  readonly road: Road
  /**
   * Statements behind a merge that succeeded, in the same round trip, such as COMMIT. Asked for when the rows that
   * stay out have their errors, so that what is recorded of the batch can be recorded with it.
   */
  readonly closing: () => string
}

/** Merges a staged batch; rows that stay out have errors afterwards. Returns where the next batch should begin. */
export async function mergeBatch(job: MergeJob): Promise<Road> {
  const { batch, road } = job
  if (batch.rows.length === 0) {
    await job.client.query(job.closing())
    return road
  }
  const questions = questionsOf(job.target, batch)
  if (road === 'optimistic' && isJudgedByDatabase(questions) && (await attempt(job, []))) return 'optimistic'
  const suspects = await classify(job, questions)
  const verdicts = judge(questions, suspects)
  if (road !== 'isolated') {
    for (const [number, found] of verdicts) explain(job, questions, number, found)
    if (await attempt(job, [...verdicts.keys()])) return verdicts.size > 0 ? 'classified' : 'optimistic'
    // The table refuses more than was found, so it will be asked row by row, and all is explained anew.
    forgetErrors(batch)
  }
  return isolate(job, questions, suspects)
}

/**
 * A foreign key into the table itself is checked at the end of the insert, so the database would accept a
 * reference to a later record of the batch, which is missing by the order of the file.
 */
function isJudgedByDatabase(questions: Questions): boolean {
  return !questions.references.some(({ isSelf }) => isSelf)
}

/** One set-based insert, all or nothing. @returns false if a row is at fault, and nothing was changed. */
async function attempt(job: MergeJob, leftOut: readonly number[]): Promise<boolean> {
  const { client, target, staging, batch, closing } = job
  const merge = mergeSql(target, staging, batch, leftOut, batch.rows.length - leftOut.length)
  try {
    await client.query(`savepoint lading_merge; ${merge}; release savepoint lading_merge; ${closing()}`)
    return true
  } catch (error) {
    const found = blame(error)
    if (found !== 'row' && found !== 'unclear') throw error
    await client.query('rollback to savepoint lading_merge')
    return false
  }
}

async function classify(
  { client, target, staging }: MergeJob,
  questions: Questions,
): Promise<readonly Suspect[]> {
  if (questions.keys.length + questions.references.length === 0) return []
  const { rows } = await client.query(classifySql(target, staging, questions))
  return rows
}

/**
 * Tries every row, also those that classification would leave out: a row that was rejected for the sake of an
 * earlier one gets in after all if the table refuses the earlier one.
 */
async function isolate(job: MergeJob, questions: Questions, suspects: readonly Suspect[]): Promise<Road> {
  const { client, target, staging, batch, closing } = job
  await client.query(isolateSql(target, staging, batch))
  const { rows } = await client.query(refusalsSql)
  // The loop builds exactly this shape.
  const refusals = (rows[0]?.refusals ?? []) as readonly Refusal[]
  // Rows that are out for a reason of their own, and not for the sake of an earlier one.
  const barred = new Set(
    refusals.filter(({ state }) => state !== '23505' && state !== '23503').map(({ row }) => row),
  )
  const verdicts = judge(questions, suspects, barred)
  for (const refusal of refusals) {
    const row = batch.rows[refusal.row]
    if (row === undefined)
      throw new LadingError('INTERNAL', 'The database refused a row that was never sent.')
    // What classification knows comes first, whichever rule the database happened to check first.
    const known = verdicts.get(refusal.row)
    if (known === undefined) explainRefusal(target, row, refusal)
    else explain(job, questions, refusal.row, known)
  }
  await client.query(closing())
  return refusals.every(({ row }) => verdicts.has(row)) ? 'classified' : 'isolated'
}

/** Staged rows have no errors but those of the merge. */
export function forgetErrors({ rows }: StagedBatch): void {
  for (const row of rows) row.errors = undefined
}

function explain(job: MergeJob, questions: Questions, number: number, verdicts: readonly Verdict[]): void {
  const row = job.batch.rows[number]
  if (row !== undefined) explainVerdicts(job.target, questions, job.batch.rows, row, verdicts)
}
