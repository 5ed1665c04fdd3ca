// Refusals that are about a number which the table gives its rows → record errors.

import { identityKept } from '../../../postgres/sqlstate.ts'
import type { Target, TargetColumn, TargetKey } from '../../catalogue/target.ts'
import { type Row, reject } from '../../resource/row.ts'
import type { ConstraintFailure } from '../merge/constraint-failure.ts'

/** @param key whose index refused the row, if it is one of the resource's @returns false for any other refusal */
export function explainNumber(
  { resource, columns }: Target,
  row: Row,
  refusal: ConstraintFailure,
  key: TargetKey | undefined,
): boolean {
  if (refusal.state === identityKept) {
    const field = columns.find(({ info }) => info.name === refusal.column)?.field ?? null
    const message = `The row that is there has another "${field?.name}", which cannot be changed: its column is GENERATED ALWAYS. Leave the field out.`
    reject(resource, row, field, 'CONSTRAINT_VIOLATION', message)
    return true
  }
  const drawn = key?.columns.find(column => isDrawn(row, column))
  if (refusal.state !== '23505' || key === undefined || drawn === undefined) return false
  const message = `The table gave this record a number for "${drawn.field.name}" that is taken: its sequence stands before rows that are there. Move the sequence past them, and send the record again.`
  reject(resource, row, drawn.field, key.code, message)
  return true
}

/** Rows of an import of all or nothing are remembered without their values. */
function isDrawn({ values }: Row, { field, info }: TargetColumn): boolean {
  return info.sequences.length > 0 && values.length > 0 && (values[field.index] ?? null) === null
}
