// Refusals that are about a number which the table gives its rows → record errors.
import type { Target } from '../catalogue/target.ts'
import { identityKept } from '../postgres/sqlstate.ts'
import { type Row, reject } from '../resource/row.ts'
import type { Refusal } from './refusal.ts'

/** @returns false for any other refusal */
export function explainNumber({ resource, columns }: Target, row: Row, refusal: Refusal): boolean {
  if (refusal.state !== identityKept) return false
  const field = columns.find(({ info }) => info.name === refusal.column)?.field ?? null
  reject(
    resource,
    row,
    field,
    'CONSTRAINT_VIOLATION',
    `The row that is there has another "${field?.name}", which cannot be changed: its column is GENERATED ALWAYS. Leave the field out.`,
  )
  return true
}
