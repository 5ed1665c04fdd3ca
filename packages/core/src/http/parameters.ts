// Named texts (a query, the fields of a form) or a JSON body → options that a schema has checked.
import { type Static, type TObject, type TSchema, TypeGuard } from '@sinclair/typebox'
import { Value } from '@sinclair/typebox/value'
import { LadingError } from '../errors/lading-error.ts'
import { nearest } from '../util/suggest.ts'

/** Pairs in the order in which they came; a name that comes twice is there twice. */
export type Pairs = readonly (readonly [name: string, value: string])[]

export function queryPairs(rawQuery: string): Pairs {
  return [...new URLSearchParams(rawQuery)]
}

/** @throws LadingError `OPTION_INVALID` naming the option that is unknown, repeated or has a wrong value */
export function readOptions<Schema extends TObject>(schema: Schema, pairs: Pairs): Static<Schema> {
  const values = new Map<string, unknown>()
  for (const [name, value] of pairs) {
    const property = propertyOf(schema, name)
    if (values.has(name)) throw invalid(`The option "${name}" is given more than once.`)
    values.set(name, fromText(property, value))
  }
  return checked(schema, Object.fromEntries(values))
}

/** @throws LadingError `OPTION_INVALID` naming the member that is unknown or has a wrong value */
export function readBody<Schema extends TObject>(schema: Schema, body: unknown): Static<Schema> {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    throw invalid('The body must be a JSON object.')
  }
  for (const name of Object.keys(body)) propertyOf(schema, name)
  return checked(schema, { ...body })
}

function propertyOf(schema: TObject, name: string): TSchema {
  const known = Object.keys(schema.properties)
  const property = known.includes(name) ? schema.properties[name] : undefined
  if (property !== undefined) return property
  const hint = nearest(name, known)
  const tail =
    known.length === 0
      ? 'This endpoint has none.'
      : `${hint ? `Did you mean "${hint}"? ` : ''}Known: ${known.join(', ')}.`
  throw invalid(`Unknown option "${name.slice(0, 100)}". ${tail}`)
}

function checked<Schema extends TObject>(schema: Schema, values: Record<string, unknown>): Static<Schema> {
  if (Value.Check(schema, values)) return values
  for (const [name, property] of Object.entries(schema.properties)) {
    if (values[name] === undefined) {
      if (schema.required?.includes(name)) throw invalid(`The option "${name}" is missing.`)
    } else if (!Value.Check(property, values[name])) {
      throw invalid(`The option "${name}" must be ${expectation(property)}.`)
    }
  }
  throw invalid('The options are not valid.')
}

/** Texts have no types; what cannot be one of the wanted type is left as it is, and the check refuses it. */
function fromText(property: TSchema, value: string): unknown {
  if (TypeGuard.IsInteger(property) && /^-?\d{1,15}$/.test(value)) return Number(value)
  if (TypeGuard.IsBoolean(property) && (value === 'true' || value === 'false')) return value === 'true'
  return value
}

function expectation(property: TSchema): string {
  if (TypeGuard.IsInteger(property)) {
    const { minimum = 0, maximum } = property
    return `a whole number from ${minimum}${maximum === undefined ? '' : ` to ${maximum}`}`
  }
  if (TypeGuard.IsBoolean(property)) return 'true or false'
  if (TypeGuard.IsUnion(property))
    return `one of ${property.anyOf.map(({ const: value }) => value).join(', ')}`
  if (TypeGuard.IsArray(property)) return 'an array of text'
  if (TypeGuard.IsString(property))
    return `text of ${property.minLength ?? 0} to ${property.maxLength ?? 'any number of'} characters`
  return 'an object'
}

function invalid(message: string): LadingError {
  return new LadingError('OPTION_INVALID', message)
}
