// Merges a batch in which duplicates are errors: judges the suspects, and inserts the rest at once or row by row.

import { stagedCount } from '../encode-batch.ts'
import { explainVerdicts } from '../explain/explain.ts'
import { explainFailures } from '../explain/explain-failures.ts'
import { rejectUnreadable } from '../explain/unreadable.ts'
import { hasUncheckedValues } from './cast-checks.ts'
import { enforcesKeys, type MergeChecks, unenforcedReferences } from './classify-sql.ts'
import { judge, type Suspect, type Verdict } from './judge.ts'
import {
  attempt,
  classify,
  clearErrors,
  insertedOnly,
  type MergeContext,
  type MergeResult,
} from './merge-context.ts'
import { mergeSerially } from './reconcile.ts'
import { refersToItselfByName } from './resolve-sql.ts'
import { runSerially } from './row-by-row.ts'

/** @param isTried an insert of the whole batch has already failed */
export async function rejectDuplicates(
  context: MergeContext,
  questions: MergeChecks,
  isTried: boolean,
): Promise<MergeResult> {
  const { batch, target } = context
  const suspects = await classify(context, questions)
  const hasSelfLookups = refersToItselfByName(target, batch)
  // Invalid values are reported regardless of keys, so they are checked first.
  if ((isTried || hasSelfLookups || suspects.length > 0) && hasUncheckedValues(target, batch)) {
    return retryChecked(context, questions, isTried)
  }
  if (hasSelfLookups) return mergeSerially(context, questions, suspects)
  // Without suspects this would only try the whole batch again.
  if (context.strategy !== 'isolated' && !(isTried && suspects.length === 0)) {
    const verdicts = judge(questions, suspects)
    for (const [number, found] of verdicts) explain(context, questions, number, found)
    const outcome = await attempt(context, [...verdicts.keys()])
    if (outcome !== undefined) return { strategy: verdicts.size > 0 ? 'classified' : 'optimistic', outcome }
    if (hasUncheckedValues(target, batch)) return retryChecked(context, questions, true)
    // The table rejects more than the classification found, so rows are tried one by one and get new errors.
    clearErrors(batch)
  }
  // `isolate` leaves keys and references to the database, which knows no scopes and no lookups. A shadow table has no foreign keys.
  const isEnforced =
    !target.isShadow &&
    enforcesKeys(target) &&
    batch.lookupFields.length === 0 &&
    unenforcedReferences(questions).length === 0
  return isEnforced ? isolate(context, questions, suspects) : mergeSerially(context, questions, suspects)
}

async function retryChecked(
  context: MergeContext,
  questions: MergeChecks,
  isTried: boolean,
): Promise<MergeResult> {
  const checked = await rejectUnreadable(context)
  return rejectDuplicates(checked, questions, isTried && checked.batch.unreadable?.size === 0)
}

/** The classification has checked everything already. */
const noChecks: MergeChecks = { keys: [], references: [] }

/**
 * Tries every row, including those that the classification would reject: a duplicate of an earlier row is imported after
 * all if the table rejects the earlier one.
 */
async function isolate(
  context: MergeContext,
  questions: MergeChecks,
  suspects: readonly Suspect[],
): Promise<MergeResult> {
  const { batch, finish } = context
  const { refusals } = await runSerially(context, noChecks)
  // A failed row is not in the table, so it blocks no other row.
  const verdicts = judge(questions, suspects, new Set(refusals.map(({ row }) => row)))
  // Verdicts of the classification take precedence, whichever constraint the database happened to check first.
  for (const { row } of refusals) explain(context, questions, row, verdicts.get(row) ?? [])
  await explainFailures(
    context,
    refusals.filter(({ row }) => !verdicts.has(row)),
  )
  const outcome = insertedOnly(stagedCount(batch) - refusals.length)
  await finish({ outcome, out: refusals.map(({ row }) => row) })
  return { strategy: refusals.every(({ row }) => verdicts.has(row)) ? 'classified' : 'isolated', outcome }
}

function explain(
  context: MergeContext,
  questions: MergeChecks,
  number: number,
  verdicts: readonly Verdict[],
): void {
  const row = context.batch.rows[number]
  if (row !== undefined) explainVerdicts(context.target, questions, context.batch.rows, row, verdicts)
}
