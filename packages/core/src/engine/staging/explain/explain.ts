// Verdicts → record errors: which field, which code, and one sentence for the owner of the file.

import { clearName, clearTable } from '../../../util/text/names-in-sentences.ts'
import { and } from '../../catalogue/rules/check-words.ts'
import type { Target, TargetColumn, TargetKey, TargetReference } from '../../catalogue/target.ts'
import { type Field, referredName } from '../../resource/field.ts'
import { isRejected, type Row, reject, shownValue } from '../../resource/row.ts'
import { InvalidValue } from '../../value/codec.ts'
import type { Questions } from '../merge/classify-sql.ts'
import type { OnConflict } from '../merge/conflict.ts'
import type { Verdict } from '../merge/judge.ts'

/** Notes what classification found. @param rows the batch, to name the row that has the key already */
export function explainVerdicts(
  target: Target,
  questions: Questions,
  rows: readonly Row[],
  row: Row,
  verdicts: readonly Verdict[],
  onConflict: OnConflict = 'error',
): void {
  for (const verdict of verdicts) {
    if (verdict.rule === 'key') {
      const key = questions.keys[verdict.index]
      const twin = verdict.twin === null ? undefined : rows[verdict.twin]
      if (key && onConflict === 'error') explainDuplicate(target, key, row, twin)
      else if (key) explainClash(target, key, row, twin)
    } else {
      const reference = questions.references[verdict.index]
      if (reference) explainMissing(target, reference, row)
    }
  }
}

/** @param twin the row of the batch that has the key already */
export function explainDuplicate(target: Target, key: TargetKey, row: Row, twin: Row | undefined): void {
  const [first] = toldOf(target, key)
  const place =
    twin === undefined
      ? `already in ${target.resource.name}`
      : `already in row ${twin.source.rowNumber} of this file`
  const verb = isSeveral(target, key) ? 'are' : 'is'
  const message = `The same ${namesOf(target, key)} ${verb} ${place}.`
  reject(target.resource, row, first?.field ?? null, key.code, message)
}

/** The record is another row than the one that has this key: under `ignore` and `update` that is the only duplicate. */
function explainClash(target: Target, key: TargetKey, row: Row, twin: Row | undefined): void {
  const names = namesOf(target, key)
  const another = target.table.hasChildTables ? 'another row, or more than one,' : 'another row'
  const owner =
    twin === undefined ? `${another} of ${target.resource.name}` : `row ${twin.source.rowNumber} of this file`
  reject(
    target.resource,
    row,
    toldOf(target, key)[0]?.field ?? null,
    key.code,
    `The ${names} of this record ${isSeveral(target, key) ? 'belong' : 'belongs'} to ${owner}, and its other keys do not; correct one of them.`,
  )
}

function isSeveral(target: Target, key: TargetKey): boolean {
  return toldOf(target, key).length > 1
}

function namesOf(target: Target, key: TargetKey): string {
  const names = toldOf(target, key).map(({ field }) => `"${field.name}"`)
  return names.length === 0 ? 'key' : and(names)
}

/** The columns of a key that a file can do something about: what the caller's scope fixes is none of them. */
function toldOf({ scope }: Target, { columns }: TargetKey): readonly TargetColumn[] {
  return columns.filter(column => !scope.some(test => test.column.field === column.field))
}

/** Also for records that are rejected for something else: what is wrong by itself names no row. */
export function explainMissing(
  target: Target,
  { column, reference, standIns }: TargetReference,
  row: Row,
): void {
  const isGiven = (field: Field) => isValue(row.values[field.index]) && !isRejected(row, field)
  const standIn = reference.standIns.find(({ field }) => isGiven(field))
  const isKnown = standIns.some(({ field }) => field === standIn?.field)
  const field = (isKnown ? standIn?.field : undefined) ?? column.field
  const message =
    field !== column.field && isGiven(column.field)
      ? `"${field.name}" and "${column.field.name}" do not name the same row of ${clearTable(reference.table)}; correct one of them.`
      : missing(reference.field, standIn?.column ?? reference.column, shownValue(row, field))
  reject(target.resource, row, field, reference.code, message)
}

function isValue(value: unknown): boolean {
  return value !== undefined && value !== null && !(value instanceof InvalidValue)
}

/** @param value undefined where it must not be shown */
function missing({ name }: Field, column: string, value: string | null | undefined): string {
  const noun = plainWords(referredName(name))
  const known = plainWords(column)
  const told = value === undefined || value === null ? `this ${known}` : `the ${known} "${value}"`
  return `There is no ${noun} with ${told}, in the table or earlier in the file.`
}

/** `caseFile`, `case_file` → `case file`. What would not read as words stays a name. */
function plainWords(name: string): string {
  if (clearName(name) !== name) return clearName(name)
  return name
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .replace(/[_-]+/g, ' ')
    .trim()
    .toLowerCase()
}
