// Finds numbers in JSON that are too long for jsonb: a comparison with one would fail in the database.

import { JsonText, numbersIn } from '../../record/json-text.ts'
import type { Field } from '../../resource/field.ts'
import { elementsOf } from '../../value/list/dimensions.ts'

/** Longer than any sensible number; jsonb keeps 131,072 digits before the decimal point and 16,383 after it (manual, 8.1.2). */
const maxCharacters = 1_000

export function isHeavyJson({ type }: Field, value: unknown): boolean {
  if (type.kind === 'array')
    return type.element === 'json' && Array.isArray(value) && elementsOf(value).some(isHeavy)
  return type.kind === 'json' && isHeavy(value)
}

function isHeavy(value: unknown): boolean {
  if (!(value instanceof JsonText)) return false
  for (const text of numbersIn(value.text)) {
    const [digits = '', power = '0'] = text.toLowerCase().split('e')
    if (digits.length > maxCharacters || Math.abs(Number(power)) > maxCharacters) return true
  }
  return false
}
