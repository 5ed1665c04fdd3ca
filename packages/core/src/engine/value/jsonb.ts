// A JSON value → why a column of the type jsonb does not take it, though one of the type json does.
import { JsonText } from '../record/json-text.ts'
import type { InvalidValue } from './codec.ts'
import { refuseText } from './text.ts'

/** NUL, and halves of surrogate pairs and whole ones: text without an escape of these needs no closer look. */
const suspicious = /\\u(?:0000|d[89a-f])/i

/** NUL and lone surrogates are legal JSON and illegal jsonb (22P05, 22P02), in keys too. */
export function refuseJsonb(value: unknown): InvalidValue | undefined {
  return value instanceof JsonText && suspicious.test(value.text) ? refuseWithin(value.value) : undefined
}

function refuseWithin(value: unknown): InvalidValue | undefined {
  if (typeof value === 'string') return refuseText(value)
  if (typeof value !== 'object' || value === null) return undefined
  for (const [key, member] of Object.entries(value)) {
    const refusal = refuseText(key) ?? refuseWithin(member)
    if (refusal !== undefined) return refusal
  }
  return undefined
}
