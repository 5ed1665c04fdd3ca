// A batch in which duplicates are errors: the suspects are judged, the rest is inserted, or tried row by row.

import { stagedCount } from '../encode-batch.ts'
import { explainVerdicts } from '../explain/explain.ts'
import { explainFailures } from '../explain/explain-failures.ts'
import { withoutUnreadable } from '../explain/unreadable.ts'
import { isUnread } from './cast-checks.ts'
import { knowsKeys, notEnforced, type Questions } from './classify-sql.ts'
import { judge, type Suspect, type Verdict } from './judge.ts'
import {
  attempt,
  classify,
  forgetErrors,
  insertedOnly,
  type MergeContext,
  type Merged,
} from './merge-context.ts'
import { mergeSerially } from './reconcile.ts'
import { refersToItselfByName } from './resolve-sql.ts'
import { runSerially } from './row-by-row.ts'

/** @param isTried the table has refused the batch as a whole already */
export async function rejectDuplicates(
  job: MergeContext,
  questions: Questions,
  isTried: boolean,
): Promise<Merged> {
  const { batch, target } = job
  const suspects = await classify(job, questions)
  const isNamed = refersToItselfByName(target, batch)
  // A record that is wrong by itself is told so, whatever its keys are.
  if ((isTried || isNamed || suspects.length > 0) && isUnread(target, batch)) {
    return again(job, questions, isTried)
  }
  if (isNamed) return mergeSerially(job, questions, suspects)
  // Without a suspect the whole batch would be tried a second time.
  if (job.road !== 'isolated' && !(isTried && suspects.length === 0)) {
    const verdicts = judge(questions, suspects)
    for (const [number, found] of verdicts) explain(job, questions, number, found)
    const outcome = await attempt(job, [...verdicts.keys()])
    if (outcome !== undefined) return { road: verdicts.size > 0 ? 'classified' : 'optimistic', outcome }
    if (isUnread(target, batch)) return again(job, questions, true)
    // The table refuses more than was found, so it will be asked row by row, and all is explained anew.
    forgetErrors(batch)
  }
  // `isolate` leaves keys and references to the database, which knows neither scopes nor names, and in a rehearsal no foreign keys.
  const isJudged =
    !target.isRehearsal &&
    knowsKeys(target) &&
    batch.standIns.length === 0 &&
    notEnforced(questions).length === 0
  return isJudged ? isolate(job, questions, suspects) : mergeSerially(job, questions, suspects)
}

async function again(job: MergeContext, questions: Questions, isTried: boolean): Promise<Merged> {
  const read = await withoutUnreadable(job)
  return rejectDuplicates(read, questions, isTried && read.batch.unreadable?.size === 0)
}

/** Classification has asked it all. */
const nothing: Questions = { keys: [], references: [] }

/**
 * Tries every row, also those that classification would leave out: a row that was rejected for the sake of an
 * earlier one gets in after all if the table refuses the earlier one.
 */
async function isolate(
  job: MergeContext,
  questions: Questions,
  suspects: readonly Suspect[],
): Promise<Merged> {
  const { batch, finish } = job
  const { refusals } = await runSerially(job, nothing)
  // Whatever refused a row, it is not in the table, and so in nobody's way.
  const verdicts = judge(questions, suspects, new Set(refusals.map(({ row }) => row)))
  // What classification knows comes first, whichever rule the database happened to check first.
  for (const { row } of refusals) explain(job, questions, row, verdicts.get(row) ?? [])
  await explainFailures(
    job,
    refusals.filter(({ row }) => !verdicts.has(row)),
  )
  const outcome = insertedOnly(stagedCount(batch) - refusals.length)
  await finish({ outcome, out: refusals.map(({ row }) => row) })
  return { road: refusals.every(({ row }) => verdicts.has(row)) ? 'classified' : 'isolated', outcome }
}

function explain(
  job: MergeContext,
  questions: Questions,
  number: number,
  verdicts: readonly Verdict[],
): void {
  const row = job.batch.rows[number]
  if (row !== undefined) explainVerdicts(job.target, questions, job.batch.rows, row, verdicts)
}
