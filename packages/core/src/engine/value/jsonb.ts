// A JSON value → why a jsonb column rejects it, although a json column accepts it.
import { JsonText } from '../record/json-text.ts'
import type { InvalidValue } from './codec.ts'
import { checkText } from './text.ts'

/** Escapes of NUL and of surrogates, paired or not. A text without them needs no further check. */
const suspicious = /\\u(?:0000|d[89a-f])/i

/** Finds NUL and lone surrogates, which are valid JSON but invalid jsonb (22P05, 22P02), in keys too. */
export function checkJsonb(value: unknown): InvalidValue | undefined {
  return value instanceof JsonText && suspicious.test(value.text) ? findInvalidText(value.value) : undefined
}

function findInvalidText(value: unknown): InvalidValue | undefined {
  if (typeof value === 'string') return checkText(value)
  if (typeof value !== 'object' || value === null) return undefined
  for (const [key, member] of Object.entries(value)) {
    const problem = checkText(key) ?? findInvalidText(member)
    if (problem !== undefined) return problem
  }
  return undefined
}
