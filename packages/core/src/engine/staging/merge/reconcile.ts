// A batch of which some rows are in the table already: ignored or updated set by set, or one by one where order counts.
import { LadingError } from '../../../errors/lading-error.ts'
import type { Client } from '../../../postgres/pool/client.ts'
import { stagedCount } from '../encode-batch.ts'
import { explainVerdicts } from '../explain/explain.ts'
import { explainFailures } from '../explain/explain-failures.ts'
import { withoutUnreadable } from '../explain/unreadable.ts'
import type { MergeOutcome } from './batch-outcome.ts'
import { isUnread } from './cast-checks.ts'
import type { Questions } from './classify-sql.ts'
import type { Suspect, Verdict } from './judge.ts'
import { classify, forgetErrors, type MergeContext, type Merged, unlessRefused } from './merge-context.ts'
import { isAllSerial, type Plan, planOf } from './merge-plan.ts'
import { planSql, updatedSetting } from './merge-sql.ts'
import { refersToItselfByName } from './resolve-sql.ts'
import { runSerially } from './row-by-row.ts'
import type { RowByRowOutcome } from './row-by-row-sql.ts'

/** @param isTried the table has refused the batch as a whole already */
export async function reconcileBatch(
  job: MergeContext,
  questions: Questions,
  isTried: boolean,
): Promise<Merged> {
  const suspects = await classify(job, questions)
  const isOrdered =
    (job.onConflict === 'update' && isAllSerial(job.target, job.batch, questions)) ||
    refersToItselfByName(job.target, job.batch)
  const isHopeless = isTried && suspects.length === 0
  const plan =
    job.road === 'isolated' || isOrdered || isHopeless
      ? undefined
      : planOf(job.onConflict, questions, suspects)
  const again = async () => {
    const read = await withoutUnreadable(job)
    return reconcileBatch(read, questions, isTried && read.batch.unreadable?.size === 0)
  }
  // A record that is wrong by itself is told so, whatever its keys are: nobody is kept out before that is known.
  const isUnsure = isUnread(job.target, job.batch)
  if (isUnsure && (plan === undefined || keepsOut(plan))) return again()
  if (plan !== undefined) {
    const outcome = await carryOut(job, questions, suspects, plan)
    if (outcome !== undefined) return { road: suspects.length > 0 ? 'classified' : 'optimistic', outcome }
    if (isUnsure) return again()
    // The table refuses a row, and what it means for later ones is known only if they come after it.
    forgetErrors(job.batch)
  }
  return mergeSerially(job, questions, suspects)
}

/** Rows that are not written, or may not be. */
function keepsOut({ ignored, rejected, serial }: Plan): boolean {
  return ignored.length + rejected.size + serial.length > 0
}

/** @returns undefined if the table refuses a row, and nothing was changed */
async function carryOut(
  job: MergeContext,
  questions: Questions,
  suspects: readonly Suspect[],
  plan: Plan,
): Promise<MergeOutcome | undefined> {
  const { client, target, staging, batch } = job
  let outcome: MergeOutcome | undefined
  const isDone = await unlessRefused(job, async () => {
    await client.query(`savepoint lading_merge; ${planSql(target, staging, batch, questions, plan)}`)
    const [left] = await answer(
      client,
      `select current_setting('${updatedSetting}')::int8::float8 as updated`,
    )
    const updated = Number(left?.updated)
    const serial = plan.serial.length === 0 ? nothing : await runSerially(job, questions, plan.serial)
    if (serial.refusals.length > 0) return
    for (const [number, verdicts] of plan.rejected) explain(job, questions, number, verdicts)
    explainRejections(job, questions, suspects, serial)
    const others = plan.ignored.length + plan.rejected.size + plan.serial.length
    const candidates = [...plan.updates.values()].flat()
    const out = [...candidates, ...plan.ignored, ...plan.rejected.keys(), ...notInserted(serial)]
    const changed = [...candidates, ...serial.updated]
    outcome = {
      inserted: stagedCount(batch) - candidates.length - others + serial.inserted,
      updated: updated + serial.updated.length,
      ignored: candidates.length - updated + plan.ignored.length + serial.ignored.length,
    }
    await job.finish({ outcome, out, updated: changed, before: 'release savepoint lading_merge' })
  })
  if (isDone && outcome === undefined) await client.query('rollback to savepoint lading_merge')
  return isDone ? outcome : undefined
}

const nothing: RowByRowOutcome = { inserted: 0, updated: [], ignored: [], rejections: [], refusals: [] }

/** The exact road: every row, in the order of the file. */
export async function mergeSerially(
  job: MergeContext,
  questions: Questions,
  suspects: readonly Suspect[],
): Promise<Merged> {
  const { finish } = job
  const serial = await runSerially(job, questions)
  explainRejections(job, questions, suspects, serial)
  await explainFailures(job, serial.refusals)
  const outcome = {
    inserted: serial.inserted,
    updated: serial.updated.length,
    ignored: serial.ignored.length,
  }
  await finish({ outcome, out: notInserted(serial), updated: serial.updated })
  return { road: serial.refusals.length === 0 ? 'classified' : 'isolated', outcome }
}

function notInserted({ updated, ignored, rejections, refusals }: RowByRowOutcome): number[] {
  return [...updated, ...ignored, ...rejections.map(({ row }) => row), ...refusals.map(({ row }) => row)]
}

async function answer(client: Client, sql: string): Promise<readonly Record<string, unknown>[]> {
  return (await client.query(sql)).rows
}

/**
 * Explains who was kept out by keys and references. Whoever has a key of a rejected row and came before it in the
 * batch, is not rejected and not merely passed over, has it still: the last such row is named.
 */
function explainRejections(
  job: MergeContext,
  questions: Questions,
  suspects: readonly Suspect[],
  { rejections, refusals, ignored }: RowByRowOutcome,
): void {
  if (rejections.length === 0) return
  const isOut = new Set([...rejections, ...refusals].map(({ row }) => row))
  if (job.onConflict === 'ignore') for (const row of ignored) isOut.add(row)
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
    explain(job, questions, row, verdicts)
  }
}

/** The rows of each group in their order; its first one may be no suspect, and gives it its number. */
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
  job: MergeContext,
  questions: Questions,
  number: number,
  verdicts: readonly Verdict[],
): void {
  const { target, batch, onConflict } = job
  const row = batch.rows[number]
  if (row === undefined) throw new LadingError('INTERNAL', 'A row was judged that was never sent.')
  explainVerdicts(target, questions, batch.rows, row, verdicts, onConflict)
}
