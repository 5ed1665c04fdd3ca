// Merges one batch into the table: optimistically, then set by set, then row by row. Each row is imported or gets an error.

import { withoutUnreadable } from '../explain/unreadable.ts'
import { hasCastChecks } from './cast-checks.ts'
import { knowsKeys, notEnforced, type Questions, questionsOf } from './classify-sql.ts'
import { attempt, classify, insertedOnly, type MergeContext, type Merged } from './merge-context.ts'
import { mergeSerially, reconcileBatch } from './reconcile.ts'
import { rejectDuplicates } from './reject-duplicates.ts'
import { resolveSql } from './resolve-sql.ts'

/** Merges a staged batch. Rows that are not imported have errors afterwards. */
export async function mergeBatch(unchecked: MergeContext): Promise<Merged> {
  const { batch, road: strategy, target, onConflict } = unchecked
  if (batch.rows.length === 0) {
    const outcome = insertedOnly(0)
    await unchecked.finish({ outcome, out: [] })
    return { road: strategy, outcome }
  }
  const needsCastChecks = hasCastChecks(target, batch)
  const questions = questionsOf(target, batch)
  const comparesBeforeMerge = batch.standIns.length > 0 || notEnforced(questions).length > 0
  const context = needsCastChecks && comparesBeforeMerge ? await withoutUnreadable(unchecked) : unchecked
  const resolve = resolveSql(target, context.staging, batch)
  if (resolve !== '') await context.client.query(resolve)
  if (await mayClashWithGenerated(context)) {
    return mergeSerially(context, questions, await classify(context, questions))
  }
  // If nothing clashes, every `onConflict` has the same effect.
  const isTried = strategy === 'optimistic' && (await isEnforcedByDatabase(context, questions))
  if (isTried) {
    const outcome = await attempt(context, [])
    if (outcome !== undefined) return { road: strategy, outcome }
  }
  const next = onConflict === 'error' ? rejectDuplicates : reconcileBatch
  return next(needsCastChecks ? await withoutUnreadable(context) : context, questions, isTried)
}

/** True if the table could generate a number for one record that another record of the batch gives. */
async function mayClashWithGenerated({ client, staging, batch, sequences }: MergeContext): Promise<boolean> {
  const sql = sequences.clashSql(staging, batch)
  if (sql === undefined) return false
  const { rows } = await client.query(sql)
  return rows[0]?.clashes === true
}

/**
 * True if the database itself rejects every bad row. It checks a foreign key to the table itself only at the end of the
 * insert, so it would accept a reference to a later record, which counts as missing. It does not know lookup fields.
 */
async function isEnforcedByDatabase(context: MergeContext, questions: Questions): Promise<boolean> {
  const { target, batch } = context
  const { references } = questions
  if (batch.standIns.length > 0 || references.some(({ isSelf }) => isSelf)) return false
  if (target.isRehearsal) return references.length === 0
  if (!knowsKeys(target)) return false
  // Classifies only these; the database checks the keys of a clean batch.
  const suspects = await classify(context, { keys: [], references: notEnforced(questions) })
  return suspects.length === 0
}
