// Merges a batch under `ignore` or `update`: set by set, or one by one where the order of rows matters.
import { LadingError } from '../../../errors/lading-error.ts'
import type { Client } from '../../../postgres/pool/checkout.ts'
import { stagedCount } from '../encode-batch.ts'
import { explainVerdicts } from '../explain/explain.ts'
import { explainFailures } from '../explain/explain-failures.ts'
import { rejectUnreadable } from '../explain/unreadable.ts'
import type { MergeOutcome } from './batch-outcome.ts'
import { hasUncheckedValues } from './cast-checks.ts'
import type { MergeChecks } from './classify-sql.ts'
import type { Suspect, Verdict } from './judge.ts'
import {
  classify,
  clearErrors,
  type MergeContext,
  type MergeResult,
  tryInSavepoint,
} from './merge-context.ts'
import { isAllSerial, type MergePlan, planMerge } from './merge-plan.ts'
import { planSql, updatedSetting } from './merge-sql.ts'
import { refersToItselfByName } from './resolve-sql.ts'
import { runSerially } from './row-by-row.ts'
import type { RowByRowOutcome } from './row-by-row-sql.ts'

/** @param isTried an insert of the whole batch has already failed */
export async function reconcileBatch(
  context: MergeContext,
  questions: MergeChecks,
  isTried: boolean,
): Promise<MergeResult> {
  const suspects = await classify(context, questions)
  const isOrdered =
    (context.onConflict === 'update' && isAllSerial(context.target, context.batch, questions)) ||
    refersToItselfByName(context.target, context.batch)
  const isUnexplained = isTried && suspects.length === 0
  const plan =
    context.strategy === 'isolated' || isOrdered || isUnexplained
      ? undefined
      : planMerge(context.onConflict, questions, suspects)
  const retryChecked = async () => {
    const checked = await rejectUnreadable(context)
    return reconcileBatch(checked, questions, isTried && checked.batch.unreadable?.size === 0)
  }
  // Invalid values are reported regardless of keys, so they are checked before any row is left out.
  const isUnchecked = hasUncheckedValues(context.target, context.batch)
  if (isUnchecked && (plan === undefined || leavesOut(plan))) return retryChecked()
  if (plan !== undefined) {
    const outcome = await execute(context, questions, suspects, plan)
    if (outcome !== undefined) return { strategy: suspects.length > 0 ? 'classified' : 'optimistic', outcome }
    if (isUnchecked) return retryChecked()
    // A row failed, and its effect on later rows is known only if they are merged in order.
    clearErrors(context.batch)
  }
  return mergeSerially(context, questions, suspects)
}

/** True if the plan has rows that are not written, or may not be. */
function leavesOut({ ignored, rejected, serial }: MergePlan): boolean {
  return ignored.length + rejected.size + serial.length > 0
}

/** @returns undefined if a row fails; then nothing was changed */
async function execute(
  context: MergeContext,
  questions: MergeChecks,
  suspects: readonly Suspect[],
  plan: MergePlan,
): Promise<MergeOutcome | undefined> {
  const { client, target, staging, batch } = context
  let outcome: MergeOutcome | undefined
  const isDone = await tryInSavepoint(context, async () => {
    await client.query(`savepoint lading_merge; ${planSql(target, staging, batch, questions, plan)}`)
    const [result] = await rowsOf(
      client,
      `select current_setting('${updatedSetting}')::int8::float8 as updated`,
    )
    const updated = Number(result?.updated)
    const serial = plan.serial.length === 0 ? nothing : await runSerially(context, questions, plan.serial)
    if (serial.refusals.length > 0) return
    for (const [number, verdicts] of plan.rejected) explain(context, questions, number, verdicts)
    explainRejections(context, questions, suspects, serial)
    const others = plan.ignored.length + plan.rejected.size + plan.serial.length
    const candidates = [...plan.updates.values()].flat()
    const out = [...candidates, ...plan.ignored, ...plan.rejected.keys(), ...notInserted(serial)]
    const changed = [...candidates, ...serial.updated]
    outcome = {
      inserted: stagedCount(batch) - candidates.length - others + serial.inserted,
      updated: updated + serial.updated.length,
      ignored: candidates.length - updated + plan.ignored.length + serial.ignored.length,
    }
    await context.finish({ outcome, out, updated: changed, before: 'release savepoint lading_merge' })
  })
  if (isDone && outcome === undefined) await client.query('rollback to savepoint lading_merge')
  return isDone ? outcome : undefined
}

const nothing: RowByRowOutcome = { inserted: 0, updated: [], ignored: [], rejections: [], refusals: [] }

/** Merges every row in file order. */
export async function mergeSerially(
  context: MergeContext,
  questions: MergeChecks,
  suspects: readonly Suspect[],
): Promise<MergeResult> {
  const { finish } = context
  const serial = await runSerially(context, questions)
  explainRejections(context, questions, suspects, serial)
  await explainFailures(context, serial.refusals)
  const outcome = {
    inserted: serial.inserted,
    updated: serial.updated.length,
    ignored: serial.ignored.length,
  }
  await finish({ outcome, out: notInserted(serial), updated: serial.updated })
  return { strategy: serial.refusals.length === 0 ? 'classified' : 'isolated', outcome }
}

function notInserted({ updated, ignored, rejections, refusals }: RowByRowOutcome): number[] {
  return [...updated, ...ignored, ...rejections.map(({ row }) => row), ...refusals.map(({ row }) => row)]
}

async function rowsOf(client: Client, sql: string): Promise<readonly Record<string, unknown>[]> {
  return (await client.query(sql)).rows
}

/**
 * Adds errors to the rows that keys and references rejected. A duplicate key is held by an earlier row of the batch that
 * was neither rejected nor ignored; the error names the last such row.
 */
function explainRejections(
  context: MergeContext,
  questions: MergeChecks,
  suspects: readonly Suspect[],
  { rejections, refusals, ignored }: RowByRowOutcome,
): void {
  if (rejections.length === 0) return
  const isOut = new Set([...rejections, ...refusals].map(({ row }) => row))
  if (context.onConflict === 'ignore') for (const row of ignored) isOut.add(row)
  const groups = questions.keys.map((_, index) => membersByGroup(suspects, index))
  const groupOf = new Map(suspects.map(suspect => [Number(suspect.row), suspect]))
  for (const { row, keys, references } of rejections) {
    const verdicts: Verdict[] = keys.map(index => {
      const group = groupOf.get(row)?.[`group_${index}`]
      const members = typeof group === 'number' ? (groups[index]?.get(group) ?? []) : []
      const twin = members.findLast(member => member < row && !isOut.has(member)) ?? null
      return { rule: 'key', index, twin }
    })
    for (const index of references) verdicts.push({ rule: 'reference', index })
    explain(context, questions, row, verdicts)
  }
}

/** Returns the rows of each group in order. The number of a group is its first row, which may not be a suspect. */
function membersByGroup(suspects: readonly Suspect[], key: number): ReadonlyMap<number, readonly number[]> {
  const groups = new Map<number, number[]>()
  for (const suspect of suspects) {
    const group = suspect[`group_${key}`]
    if (typeof group !== 'number') continue
    const members = groups.get(group) ?? [group]
    if (Number(suspect.row) !== group) members.push(Number(suspect.row))
    groups.set(group, members)
  }
  return groups
}

function explain(
  context: MergeContext,
  questions: MergeChecks,
  number: number,
  verdicts: readonly Verdict[],
): void {
  const { target, batch, onConflict } = context
  const row = batch.rows[number]
  if (row === undefined) throw new LadingError('INTERNAL', 'The database checked a row that was never sent.')
  explainVerdicts(target, questions, batch.rows, row, verdicts, onConflict)
}
