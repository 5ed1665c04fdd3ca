// One value of a filter or a scope → a value of its field's type. Text is parsed like a CSV cell, anything else as JSON.
import type { Field } from '../resource/field.ts'
import { codecOf } from './codecs.ts'
import { applyTransform } from './transformed.ts'

/**
 * Returns undefined for an empty text, which is a value only in a text field; an `InvalidValue` if it cannot be parsed.
 *
 * @param value anything but null, which means "no value" in a filter
 * @throws LadingError `HOOK_FAILED` if the field's `transform` throws
 */
export function parseFilterValue(field: Field, value: unknown): unknown {
  const { type } = field
  const codec = codecOf(type)
  if (typeof value !== 'string') return codec.fromJson(value)
  const text = applyTransform(field, value)
  return text === '' && type.kind !== 'text' ? undefined : codec.parse(text)
}
