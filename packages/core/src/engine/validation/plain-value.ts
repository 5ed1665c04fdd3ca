// A parsed value → the value that schemas and `check` see: JSON without its source text.
import { JsonText } from '../record/json-text.ts'

export function plainValue(value: unknown): unknown {
  if (value instanceof JsonText) return value.value
  return Array.isArray(value) ? value.map(plainValue) : value
}
