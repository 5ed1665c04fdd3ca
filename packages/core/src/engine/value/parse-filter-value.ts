// One value that a filter or a scope gives → a value of its field's type: text is read as a CSV cell is, anything else as JSON.
import type { Field } from '../resource/field.ts'
import { codecOf } from './codecs.ts'
import { transformed } from './transformed.ts'

/**
 * Undefined for an empty cell, which is no value but in a field of text; a `Refusal` for what is none of the type.
 *
 * @param given not null, which stands for no value in a filter
 * @throws LadingError `HOOK_FAILED` if the field's `transform` throws
 */
export function parseFilterValue(field: Field, given: unknown): unknown {
  const { type } = field
  const codec = codecOf(type)
  if (typeof given !== 'string') return codec.fromJson(given)
  const text = transformed(field, given)
  return text === '' && type.kind !== 'text' ? undefined : codec.parse(text)
}
