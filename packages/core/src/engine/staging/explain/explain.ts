// Verdicts → record errors: the field, the code, and a sentence for the owner of the file.

import { displayName, displayTable } from '../../../util/text/names-in-sentences.ts'
import { and } from '../../catalogue/rules/check-words.ts'
import type { Target, TargetColumn, TargetKey, TargetReference } from '../../catalogue/target.ts'
import { type Field, referredName } from '../../resource/field.ts'
import { isRejected, type Row, reject, shownValue } from '../../resource/row.ts'
import { InvalidValue } from '../../value/codec.ts'
import type { MergeChecks } from '../merge/classify-sql.ts'
import type { OnConflict } from '../merge/conflict.ts'
import type { Verdict } from '../merge/judge.ts'

/** Adds a record error for each verdict. @param rows the rows of the batch, to name the one that already has the key */
export function explainVerdicts(
  target: Target,
  questions: MergeChecks,
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

/** @param twin the row of the batch that already has the key; undefined if a row of the table has it */
export function explainDuplicate(target: Target, key: TargetKey, row: Row, twin: Row | undefined): void {
  const [first] = reportedColumns(target, key)
  const place =
    twin === undefined
      ? `already in ${target.resource.name}`
      : `already in row ${twin.source.rowNumber} of this file`
  const verb = isSeveral(target, key) ? 'are' : 'is'
  const message = `The same ${namesOf(target, key)} ${verb} ${place}.`
  reject(target.resource, row, first?.field ?? null, key.code, message)
}

/** Under `ignore` and `update` a key is a duplicate only if it belongs to another row than the record's other keys do. */
function explainClash(target: Target, key: TargetKey, row: Row, twin: Row | undefined): void {
  const names = namesOf(target, key)
  const another = target.table.hasChildTables ? 'another row, or more than one,' : 'another row'
  const owner =
    twin === undefined ? `${another} of ${target.resource.name}` : `row ${twin.source.rowNumber} of this file`
  reject(
    target.resource,
    row,
    reportedColumns(target, key)[0]?.field ?? null,
    key.code,
    `The ${names} of this record ${isSeveral(target, key) ? 'belong' : 'belongs'} to ${owner}, and its other keys do not; correct one of them.`,
  )
}

function isSeveral(target: Target, key: TargetKey): boolean {
  return reportedColumns(target, key).length > 1
}

function namesOf(target: Target, key: TargetKey): string {
  const names = reportedColumns(target, key).map(({ field }) => `"${field.name}"`)
  return names.length === 0 ? 'key' : and(names)
}

/** Returns the columns of a key that the file can change: not those that the caller's scope fixes. */
function reportedColumns({ scope }: Target, { columns }: TargetKey): readonly TargetColumn[] {
  return columns.filter(column => !scope.some(test => test.column.field === column.field))
}

/** Also for records that are rejected for another reason; a value that is itself invalid is not looked up. */
export function explainMissing(
  target: Target,
  { column, reference, lookupFields }: TargetReference,
  row: Row,
): void {
  const isGiven = (field: Field) => isValue(row.values[field.index]) && !isRejected(row, field)
  const lookup = reference.lookupFields.find(({ field }) => isGiven(field))
  const isMatched = lookupFields.some(({ field }) => field === lookup?.field)
  const field = (isMatched ? lookup?.field : undefined) ?? column.field
  const message =
    field !== column.field && isGiven(column.field)
      ? `"${field.name}" and "${column.field.name}" do not name the same row of ${displayTable(reference.table)}; correct one of them.`
      : missing(reference.field, lookup?.column ?? reference.column, shownValue(row, field))
  reject(target.resource, row, field, reference.code, message)
}

function isValue(value: unknown): boolean {
  return value !== undefined && value !== null && !(value instanceof InvalidValue)
}

/** @param value undefined if it must not be shown */
function missing({ name }: Field, column: string, value: string | null | undefined): string {
  const noun = plainWords(referredName(name))
  const label = plainWords(column)
  const criterion = value === undefined || value === null ? `this ${label}` : `the ${label} "${value}"`
  return `There is no ${noun} with ${criterion}, in the table or earlier in the file.`
}

/** `caseFile`, `case_file` → `case file`. A name that does not read as words is returned as a name. */
function plainWords(name: string): string {
  if (displayName(name) !== name) return displayName(name)
  return name
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .replace(/[_-]+/g, ' ')
    .trim()
    .toLowerCase()
}
