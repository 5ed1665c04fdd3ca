// A query, form fields or a JSON body → options that are checked against a schema.
import { type Static, type TObject, type TSchema, TypeGuard } from '@sinclair/typebox'
import { checkOptions, optionInvalid, optionNamed } from '../../config/check-options.ts'
import type { Registry } from '../../engine/resource/registry.ts'

/** The pairs in the order received; a repeated name appears repeatedly. */
export type Pairs = readonly (readonly [name: string, value: string])[]

/** @throws LadingError `OPTION_INVALID` for invalid percent-encoded UTF-8, which would otherwise be changed silently */
export function queryPairs(rawQuery: string): Pairs {
  return rawQuery
    .split('&')
    .filter(part => part !== '')
    .map(part => {
      const at = part.indexOf('=')
      const [name, value] = at === -1 ? [part, ''] : [part.slice(0, at), part.slice(at + 1)]
      return [decoded(name, name), decoded(value, name)]
    })
}

/** The one resource that a query names, if it exists. Any other query is refused later. */
export function namedResource(rawQuery: string, registry: Registry): string | undefined {
  const [resource, ...others] = new URLSearchParams(rawQuery).getAll('resource')
  return others.length === 0 ? registry.all.find(({ name }) => name === resource)?.name : undefined
}

function decoded(text: string, name: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '))
  } catch {
    throw optionInvalid(`The parameter "${name.slice(0, 100)}" is not percent-encoded UTF-8.`)
  }
}

/** @throws LadingError `OPTION_INVALID` naming the option that is unknown, repeated or has a wrong value */
export function readOptions<Schema extends TObject>(schema: Schema, pairs: Pairs): Static<Schema> {
  const values = new Map<string, unknown>()
  for (const [name, value] of pairs) {
    const property = optionNamed(schema, name)
    if (values.has(name)) throw optionInvalid(`The option "${name}" is given more than once.`)
    values.set(name, fromText(property, value))
  }
  return checkOptions(schema, Object.fromEntries(values))
}

/** @throws LadingError `OPTION_INVALID` naming the member that is unknown or has a wrong value */
export function readBody<Schema extends TObject>(schema: Schema, body: unknown): Static<Schema> {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    throw optionInvalid('The body must be a JSON object.')
  }
  for (const name of Object.keys(body)) optionNamed(schema, name)
  return checkOptions(schema, { ...body })
}

/** Converts a text to the type of the option. A text that does not fit is left unchanged, and the check refuses it. */
function fromText(property: TSchema, value: string): unknown {
  if (TypeGuard.IsInteger(property) && /^-?\d{1,15}$/.test(value)) return Number(value)
  if (TypeGuard.IsBoolean(property) && (value === 'true' || value === 'false')) return value === 'true'
  return value
}
