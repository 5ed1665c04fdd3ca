// A note about a sequence → a warning, if the owner needs to know.
import { and } from '../../catalogue/rules/check-words.ts'
import type { TargetColumn } from '../../catalogue/target.ts'
import type { SequenceNote } from './sequence-sql.ts'

export interface SequenceWarning {
  readonly code: 'SEQUENCE_NOT_ADVANCED' | 'SEQUENCE_NOT_LOCKED'
  readonly detail: string
}

/** @param columns the columns that draw from the sequence */
export function warningOf(
  { sequence, how, busy, cached }: SequenceNote,
  columns: readonly TargetColumn[],
): SequenceWarning | undefined {
  const names = columns.filter(({ field }) => !field.hidden).map(({ field }) => `"${field.name}"`)
  const values = names.length === 0 ? 'the imported values' : `the imported values of ${and(names)}`
  if (how === 'denied') {
    return {
      code: 'SEQUENCE_NOT_ADVANCED',
      detail: `The sequence ${sequence} was not moved past ${values}, because the database user may not use it. Grant UPDATE on the sequence, or have its owner move it; until then new rows can get numbers that are already in use.`,
    }
  }
  if (how === 'set') {
    const reason = busy ? 'another transaction was using it' : 'the database user does not own it'
    return {
      code: 'SEQUENCE_NOT_LOCKED',
      detail: `The sequence ${sequence} was moved past ${values} without a lock, because ${reason}. Rows inserted by others at that moment may have received duplicate numbers.`,
    }
  }
  if (how === 'drawn' && cached > 1) {
    return {
      code: 'SEQUENCE_NOT_LOCKED',
      detail: `The sequence ${sequence} gives each session ${cached} numbers at a time, and only a lock by its owner can invalidate the numbers that sessions still hold. Until these are used up, new rows can get numbers that ${values} already use.`,
    }
  }
  return undefined
}
