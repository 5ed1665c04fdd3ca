// Merges one batch into the table: optimistically, then set by set, then row by row. Each row is imported or gets an error.

import { rejectUnreadable } from '../explain/unreadable.ts'
import { hasCastChecks } from './cast-checks.ts'
import { checksOf, enforcesKeys, type MergeChecks, unenforcedReferences } from './classify-sql.ts'
import { attempt, classify, insertedOnly, type MergeContext, type MergeResult } from './merge-context.ts'
import { mergeSerially, reconcileBatch } from './reconcile.ts'
import { rejectDuplicates } from './reject-duplicates.ts'
import { resolveSql } from './resolve-sql.ts'

/** Merges a staged batch. Rows that are not imported have errors afterwards. */
export async function mergeBatch(unchecked: MergeContext): Promise<MergeResult> {
  const { batch, strategy, target, onConflict } = unchecked
  if (batch.rows.length === 0) {
    const outcome = insertedOnly(0)
    await unchecked.finish({ outcome, out: [] })
    return { strategy: strategy, outcome }
  }
  const needsCastChecks = hasCastChecks(target, batch)
  const questions = checksOf(target, batch)
  const comparesBeforeMerge = batch.lookupFields.length > 0 || unenforcedReferences(questions).length > 0
  const context = needsCastChecks && comparesBeforeMerge ? await rejectUnreadable(unchecked) : unchecked
  const resolve = resolveSql(target, context.staging, batch)
  if (resolve !== '') await context.client.query(resolve)
  if (await mayClashWithGenerated(context)) {
    return mergeSerially(context, questions, await classify(context, questions))
  }
  // If nothing clashes, every `onConflict` has the same effect.
  const { wasRefused = false } = context
  const isTried =
    wasRefused || (strategy === 'optimistic' && (await isEnforcedByDatabase(context, questions)))
  if (isTried && !wasRefused) {
    const outcome = await attempt(context, [])
    if (outcome !== undefined) return { strategy: strategy, outcome }
  }
  const next = onConflict === 'error' ? rejectDuplicates : reconcileBatch
  return next(needsCastChecks ? await rejectUnreadable(context) : context, questions, isTried)
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
async function isEnforcedByDatabase(context: MergeContext, questions: MergeChecks): Promise<boolean> {
  const { target, batch } = context
  const { references } = questions
  if (batch.lookupFields.length > 0 || references.some(({ isSelf }) => isSelf)) return false
  if (target.isShadow) return references.length === 0
  if (!enforcesKeys(target)) return false
  // Classifies only these; the database checks the keys of a clean batch.
  const suspects = await classify(context, { keys: [], references: unenforcedReferences(questions) })
  return suspects.length === 0
}
