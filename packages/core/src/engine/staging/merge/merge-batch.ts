// One batch into the table: optimistically, then set by set, then row by row. Every row gets in or is explained.

import { withoutUnreadable } from '../explain/unreadable.ts'
import { hasCastChecks } from './cast-checks.ts'
import { knowsKeys, notEnforced, type Questions, questionsOf } from './classify-sql.ts'
import { attempt, classify, insertedOnly, type MergeContext, type Merged } from './merge-context.ts'
import { mergeSerially, reconcileBatch } from './reconcile.ts'
import { rejectDuplicates } from './reject-duplicates.ts'
import { resolveSql } from './resolve-sql.ts'

/** Merges a staged batch; rows that stay out have errors afterwards. */
export async function mergeBatch(given: MergeContext): Promise<Merged> {
  const { batch, road, target, onConflict } = given
  if (batch.rows.length === 0) {
    const outcome = insertedOnly(0)
    await given.finish({ outcome, out: [] })
    return { road, outcome }
  }
  const isAsked = hasCastChecks(target, batch)
  const questions = questionsOf(target, batch)
  const asksFirst = batch.standIns.length > 0 || notEnforced(questions).length > 0
  const job = isAsked && asksFirst ? await withoutUnreadable(given) : given
  const resolve = resolveSql(target, job.staging, batch)
  if (resolve !== '') await job.client.query(resolve)
  if (await mayDrawTwice(job)) return mergeSerially(job, questions, await classify(job, questions))
  // If nothing clashes at all, every policy means the same.
  const isTried = road === 'optimistic' && (await isJudgedByDatabase(job, questions))
  if (isTried) {
    const outcome = await attempt(job, [])
    if (outcome !== undefined) return { road, outcome }
  }
  const next = onConflict === 'error' ? rejectDuplicates : reconcileBatch
  return next(isAsked ? await withoutUnreadable(job) : job, questions, isTried)
}

/** Records without a number come between others that bring one along, which the table would give them as well. */
async function mayDrawTwice({ client, staging, batch, sequences }: MergeContext): Promise<boolean> {
  const sql = sequences.clashSql(staging, batch)
  if (sql === undefined) return false
  const { rows } = await client.query(sql)
  return rows[0]?.clashes === true
}

/**
 * A foreign key into the table itself is checked at the end of the insert, so the database would accept a
 * reference to a later record of the batch, which is missing by the order of the file. A name that stands for a
 * reference is nothing to it at all.
 */
async function isJudgedByDatabase(job: MergeContext, questions: Questions): Promise<boolean> {
  const { target, batch } = job
  const { references } = questions
  if (batch.standIns.length > 0 || references.some(({ isSelf }) => isSelf)) return false
  if (target.isRehearsal) return references.length === 0
  if (!knowsKeys(target)) return false
  // Asking for these alone leaves the keys of a clean batch to the database.
  const suspects = await classify(job, { keys: [], references: notEnforced(questions) })
  return suspects.length === 0
}
