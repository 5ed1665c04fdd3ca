// The classification of the suspects → the action for each row under `ignore` and `update`.

import { identifier } from '../../../postgres/identifier.ts'
import type { Target } from '../../catalogue/target.ts'
import type { StagedBatch } from '../encode-batch.ts'
import type { MergeChecks } from './classify-sql.ts'
import { decide, type OnConflict } from './conflict.ts'
import type { Suspect, Verdict } from './judge.ts'

export interface MergePlan {
  /** Staged rows that update a row of the table, by the index of the key that finds it. */
  readonly updates: ReadonlyMap<number, readonly number[]>
  readonly ignored: readonly number[]
  readonly rejected: ReadonlyMap<number, readonly Verdict[]>
  /** Rows that may depend on each other: they are merged one by one in file order, after all others. */
  readonly serial: readonly number[]
}

/** All rows that are not listed in the plan are inserted; none of them depends on another. */
export function planMerge(
  onConflict: OnConflict,
  questions: MergeChecks,
  suspects: readonly Suspect[],
): MergePlan {
  const serial = dependentRows(questions, suspects)
  const updates = new Map<number, number[]>()
  const ignored: number[] = []
  const rejected = new Map<number, Verdict[]>()
  const primary = questions.keys.findIndex(key => key.isPrimary)

  for (const suspect of suspects) {
    const row = Number(suspect.row)
    if (serial.has(row)) continue
    const isGiven = primary !== -1 && typeof suspect[`group_${primary}`] === 'number'
    const decision = decide(onConflict, locationsOf(questions, suspect), isGiven ? primary : undefined)
    if (decision.kind === 'existing' && onConflict === 'ignore') {
      ignored.push(row)
      continue
    }
    const verdicts: Verdict[] = decision.kind === 'clash' ? decision.keys.map(clash) : []
    questions.references.forEach((_, index) => {
      if (suspect[`missing_${index}`] === true) verdicts.push({ rule: 'reference', index })
    })
    if (verdicts.length > 0) rejected.set(row, verdicts)
    else if (decision.kind === 'existing') {
      const ofKey = updates.get(decision.key) ?? []
      ofKey.push(row)
      updates.set(decision.key, ofKey)
    }
  }
  return { updates, ignored, rejected, serial: [...serial].sort((one, other) => one - other) }
}

const clash = (index: number): Verdict => ({ rule: 'key', index, twin: null })

function locationsOf({ keys }: MergeChecks, suspect: Suspect): (string | null)[] {
  return keys.map((_, index) => {
    const location = suspect[`taken_${index}`]
    return typeof location === 'string' ? location : null
  })
}

/** Finds the rows that share a key with another row of the batch, match the same row of the table, or refer to an earlier row. */
function dependentRows(questions: MergeChecks, suspects: readonly Suspect[]): Set<number> {
  const found = new Set<number>()
  const byLocation = new Map<string, number>()
  for (const suspect of suspects) {
    const row = Number(suspect.row)
    questions.keys.forEach((_, index) => {
      const group = suspect[`group_${index}`]
      if (typeof group !== 'number' || group === row) return
      found.add(row)
      found.add(group)
    })
    for (const location of locationsOf(questions, suspect)) {
      if (location === null) continue
      const other = byLocation.get(location)
      if (other === undefined) byLocation.set(location, row)
      else if (other !== row) found.add(other).add(row)
    }
    // A value provided only by a later row is missing. One provided by this or an earlier row depends on that row's acceptance.
    for (const maker of makersOf(questions, suspect)) if (maker <= row) found.add(row)
  }
  addLaterMakers(questions, suspects, found)
  return found
}

/** Serial rows come last, so the later rows that provide their missing references must be serial too. */
function addLaterMakers(questions: MergeChecks, suspects: readonly Suspect[], serial: Set<number>): void {
  for (let before = -1; before < serial.size; ) {
    before = serial.size
    for (const suspect of suspects) {
      if (!serial.has(Number(suspect.row))) continue
      for (const maker of makersOf(questions, suspect)) serial.add(maker)
    }
  }
}

/** For each missing reference to the table itself, returns the first row of the batch that provides the value. */
function makersOf({ references }: MergeChecks, suspect: Suspect): number[] {
  return references.flatMap((_, index) => {
    const maker = suspect[`maker_${index}`]
    return suspect[`missing_${index}`] === true && typeof maker === 'number' ? [maker] : []
  })
}

/**
 * True if all rows of an update may depend on each other, because one row can take or free a value that another row needs
 * and that the classification does not cover. This applies to:
 * - references to the table itself by a column other than the primary key
 * - unique indexes and exclusion constraints that are not declared keys
 */
export function isAllSerial(target: Target, batch: StagedBatch, { keys, references }: MergeChecks): boolean {
  const primary = keys.find(({ isPrimary }) => isPrimary)
  const canLoseTarget = references.some(
    ({ isSelf, reference }) =>
      isSelf && primary?.columns.map(({ info }) => info.name).join() !== reference.column,
  )
  return canLoseTarget || target.table.hasExclusions || hasUnknownIndex(target, batch)
}

/** An index on an expression counts as one whose columns the batch fills. */
function hasUnknownIndex({ keys, table }: Target, { columns }: StagedBatch): boolean {
  const declared = new Set(keys.map(({ index }) => index))
  const known = new Set(table.columns.map(({ name }) => identifier(name)))
  const filled = new Set(columns.map(({ column }) => column.sql))
  return table.uniqueIndexes.some(
    ({ name, parts }) =>
      !declared.has(name) &&
      parts.some(part => {
        const column = part.startsWith('"') ? part : identifier(part)
        return filled.has(column) || !known.has(column)
      }),
  )
}
