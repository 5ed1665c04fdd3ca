// Failures of identity columns and sequence numbers → record errors.

import { identityProtected } from '../../../postgres/sqlstate.ts'
import type { Target, TargetColumn, TargetKey } from '../../catalogue/target.ts'
import { type Row, reject } from '../../resource/row.ts'
import type { ConstraintFailure } from '../merge/constraint-failure.ts'

/** @param key the key whose index failed, if the resource declares it @returns false for any other failure */
export function explainNumber(
  { resource, columns }: Target,
  row: Row,
  failure: ConstraintFailure,
  key: TargetKey | undefined,
): boolean {
  if (failure.state === identityProtected) {
    const field = columns.find(({ info }) => info.name === failure.column)?.field ?? null
    const message = `The existing row has another "${field?.name}", which cannot be changed: its column is GENERATED ALWAYS. Leave the field out.`
    reject(resource, row, field, 'CONSTRAINT_VIOLATION', message)
    return true
  }
  const drawn = key?.columns.find(column => isDrawn(row, column))
  if (failure.state !== '23505' || key === undefined || drawn === undefined) return false
  const message = `The table generated a number for "${drawn.field.name}" that is already in use: its sequence lags behind existing rows. Move the sequence past them, and import the record again.`
  reject(resource, row, drawn.field, key.code, message)
  return true
}

/** False for rows of an atomic import, which are buffered without their values. */
function isDrawn({ values }: Row, { field, info }: TargetColumn): boolean {
  return info.sequences.length > 0 && values.length > 0 && (values[field.index] ?? null) === null
}
