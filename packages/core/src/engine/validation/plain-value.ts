// A parsed value → the same as a schema or a `check` knows it: JSON without its text.
import { JsonText } from '../record/json-text.ts'

export function plainValue(value: unknown): unknown {
  if (value instanceof JsonText) return value.value
  return Array.isArray(value) ? value.map(plainValue) : value
}
