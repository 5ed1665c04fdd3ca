// What the database found of each suspect → what is to be done with every row under `ignore` and `update`.

import { identifier } from '../../../postgres/identifier.ts'
import type { Target } from '../../catalogue/target.ts'
import type { StagedBatch } from '../encode-batch.ts'
import type { Questions } from './classify-sql.ts'
import { decide, type OnConflict } from './conflict.ts'
import type { Suspect, Verdict } from './judge.ts'

export interface Plan {
  /** By the key through which a row of the table is found: the staged rows that it is updated from. */
  readonly updates: ReadonlyMap<number, readonly number[]>
  readonly ignored: readonly number[]
  readonly rejected: ReadonlyMap<number, readonly Verdict[]>
  /** Rows that may depend on each other: they are done one by one in the order of the file, behind all others. */
  readonly serial: readonly number[]
}

/** The rows that are neither updated, ignored, rejected nor serial are to be inserted; none depends on another. */
export function planOf(onConflict: OnConflict, questions: Questions, suspects: readonly Suspect[]): Plan {
  const serial = entangled(questions, suspects)
  const updates = new Map<number, number[]>()
  const ignored: number[] = []
  const rejected = new Map<number, Verdict[]>()
  const primary = questions.keys.findIndex(key => key.isPrimary)

  for (const suspect of suspects) {
    const row = Number(suspect.row)
    if (serial.has(row)) continue
    const isGiven = primary !== -1 && typeof suspect[`group_${primary}`] === 'number'
    const decision = decide(onConflict, placesOf(questions, suspect), isGiven ? primary : undefined)
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

function placesOf({ keys }: Questions, suspect: Suspect): (string | null)[] {
  return keys.map((_, index) => {
    const place = suspect[`taken_${index}`]
    return typeof place === 'string' ? place : null
  })
}

/** Rows that share a key with another row of the batch, or mean the same row of the table, or refer to an earlier one. */
function entangled(questions: Questions, suspects: readonly Suspect[]): Set<number> {
  const found = new Set<number>()
  const byPlace = new Map<string, number>()
  for (const suspect of suspects) {
    const row = Number(suspect.row)
    questions.keys.forEach((_, index) => {
      const group = suspect[`group_${index}`]
      if (typeof group !== 'number' || group === row) return
      found.add(row)
      found.add(group)
    })
    for (const place of placesOf(questions, suspect)) {
      if (place === null) continue
      const other = byPlace.get(place)
      if (other === undefined) byPlace.set(place, row)
      else if (other !== row) found.add(other).add(row)
    }
    // What only a later row makes is missing; what this one or an earlier one makes depends on whether that gets in.
    for (const maker of makersOf(questions, suspect)) if (maker <= row) found.add(row)
  }
  addLaterMakers(questions, suspects, found)
  return found
}

/** Serial rows come behind all others, so that what a later row makes would be there already if that were not serial too. */
function addLaterMakers(questions: Questions, suspects: readonly Suspect[], serial: Set<number>): void {
  for (let before = -1; before < serial.size; ) {
    before = serial.size
    for (const suspect of suspects) {
      if (!serial.has(Number(suspect.row))) continue
      for (const maker of makersOf(questions, suspect)) serial.add(maker)
    }
  }
}

/** For each missing reference into the table itself, the first row of the batch that makes what is missing. */
function makersOf({ references }: Questions, suspect: Suspect): number[] {
  return references.flatMap((_, index) => {
    const maker = suspect[`maker_${index}`]
    return suspect[`missing_${index}`] === true && typeof maker === 'number' ? [maker] : []
  })
}

/**
 * Rules that make all rows of an update depend on each other, because it can take away or set free what another row
 * needs and no question asks of it: a reference into the table itself by another column than the primary key, and a
 * unique index or exclusion constraint that is no declared key.
 */
export function isAllSerial(target: Target, batch: StagedBatch, { keys, references }: Questions): boolean {
  const primary = keys.find(({ isPrimary }) => isPrimary)
  const isTakenAway = references.some(
    ({ isSelf, reference }) =>
      isSelf && primary?.columns.map(({ info }) => info.name).join() !== reference.column,
  )
  return isTakenAway || target.table.hasExclusions || hasUnknownIndex(target, batch)
}

/** An index over an expression is taken to be one that the batch can fill. */
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
