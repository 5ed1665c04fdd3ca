// Merges a batch in which duplicates are errors: judges the suspects, and inserts the rest at once or row by row.

import { stagedCount } from '../encode-batch.ts'
import { explainVerdicts } from '../explain/explain.ts'
import { explainFailures } from '../explain/explain-failures.ts'
import { rejectUnreadable } from '../explain/unreadable.ts'
import { brokenChecks } from './broken-checks.ts'
import { hasUncheckedValues } from './cast-checks.ts'
import { enforcesKeys, type MergeChecks, unenforcedReferences } from './classify-sql.ts'
import type { ConstraintFailure } from './constraint-failure.ts'
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
  const { batch, target, strategy } = context
  const suspects = await classify(context, questions)
  const hasSelfLookups = refersToItselfByName(target, batch)
  // Invalid values are reported regardless of keys, so they are checked first.
  const mayReject = isTried || hasSelfLookups || suspects.length > 0 || strategy === 'checked'
  if (mayReject && hasUncheckedValues(target, batch)) {
    return retryChecked(context, questions, isTried)
  }
  if (hasSelfLookups) return mergeSerially(context, questions, suspects)
  // Without suspects this would only try the whole batch again.
  const isGuessed = strategy === 'optimistic' || strategy === 'classified'
  if (isGuessed && !(isTried && suspects.length === 0)) {
    const merged = await insertRest(context, questions, suspects, [])
    if (merged !== undefined) return merged
    if (hasUncheckedValues(target, batch)) return retryChecked(context, questions, true)
  }
  if (strategy !== 'isolated') {
    const broken = await brokenChecks(context)
    const merged =
      broken.length > 0 || strategy === 'checked'
        ? await insertRest(context, questions, suspects, broken)
        : undefined
    if (merged !== undefined) return merged
  }
  // The table rejects more than was found, so rows are tried one by one.
  // `isolate` leaves keys and references to the database, which knows no scopes and no lookups. A shadow table has no foreign keys.
  const isEnforced =
    !target.isShadow &&
    enforcesKeys(target) &&
    batch.lookupFields.length === 0 &&
    unenforcedReferences(questions).length === 0
  return isEnforced ? isolate(context, questions, suspects) : mergeSerially(context, questions, suspects)
}

/**
 * Inserts all rows but those that the classification rejects and those in `broken`.
 *
 * @returns undefined if the table refuses another row; then nothing was changed, and no row has an error
 */
async function insertRest(
  context: MergeContext,
  questions: MergeChecks,
  suspects: readonly Suspect[],
  broken: readonly ConstraintFailure[],
): Promise<MergeResult | undefined> {
  const verdicts = judge(questions, suspects, new Set(broken.map(({ row }) => row)))
  for (const [number, found] of verdicts) explain(context, questions, number, found)
  await explainFailures(
    context,
    broken.filter(({ row }) => !verdicts.has(row)),
  )
  const excluded = new Set([...verdicts.keys(), ...broken.map(({ row }) => row)])
  const outcome = await attempt(context, [...excluded])
  if (outcome === undefined) {
    clearErrors(context.batch)
    return undefined
  }
  return {
    strategy: broken.length > 0 ? 'checked' : verdicts.size > 0 ? 'classified' : 'optimistic',
    outcome,
  }
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
