// Checks options from outside against a TypeBox schema: returns the typed options, or names the first invalid one.
import { type Static, type TArray, type TObject, type TSchema, TypeGuard } from '@sinclair/typebox'
import { Value } from '@sinclair/typebox/value'
import { LadingError } from '../errors/lading-error.ts'
import { nearest } from '../util/text/suggest.ts'
import { boundsInWords, isWholeNumber } from './numbers.ts'

type NameOf = (name: string) => string

const asInSchema: NameOf = name => name

/** The schema of one option. @throws LadingError `OPTION_INVALID` for an unknown name, listing the known ones */
export function optionNamed(schema: TObject, name: string): TSchema {
  const known = Object.keys(schema.properties)
  const property = known.includes(name) ? schema.properties[name] : undefined
  if (property !== undefined) return property
  const hint = nearest(name, known)
  const tail =
    known.length === 0
      ? 'This endpoint takes no options.'
      : `${hint ? `Did you mean "${hint}"? ` : ''}Known: ${known.join(', ')}.`
  throw optionInvalid(`Unknown option "${name.slice(0, 100)}". ${tail}`)
}

/**
 * Returns `values` as the type of the schema.
 *
 * @param nameOf the caller's name for an option
 * @throws LadingError `OPTION_INVALID` naming the missing or invalid option
 */
export function checkOptions<Schema extends TObject>(
  schema: Schema,
  values: Record<string, unknown>,
  nameOf: NameOf = asInSchema,
): Static<Schema> {
  for (const [name, property] of Object.entries(schema.properties)) {
    if (values[name] === undefined) {
      if (schema.required?.includes(name)) throw optionInvalid(`The option "${nameOf(name)}" is missing.`)
    } else if (!fits(property, values[name])) {
      throw optionInvalid(`The option "${nameOf(name)}" must be ${expectation(property)}.`)
    }
  }
  if (Value.Check(schema, values)) return values
  throw optionInvalid('The options are not valid.')
}

/** The options of the schema among `values`, without undefined ones. Otherwise like `checkOptions`. */
export function pickOptions<Schema extends TObject>(
  schema: Schema,
  values: object,
  nameOf?: NameOf,
): Static<Schema> {
  const picked = Object.keys(schema.properties).flatMap(name => {
    const value: unknown = Reflect.get(values, name)
    if (value === undefined) return []
    // Not the caller's own object, which may change while the options are in use.
    return [[name, copyOf(value)]]
  })
  return checkOptions(schema, Object.fromEntries(picked), nameOf)
}

/** Undefined is valid here. Numbers must be exact, and a Map, which has no members, is no object of options. */
function fits(property: TSchema, value: unknown): boolean {
  if (value === undefined) return true
  if (!Value.Check(property, value)) return false
  if (TypeGuard.IsInteger(property)) return isWholeNumber(value, { minimum: Number.MIN_SAFE_INTEGER })
  return !TypeGuard.IsRecord(property) || isPlainObject(value)
}

function copyOf(value: unknown): unknown {
  if (Array.isArray(value)) return [...value]
  return isPlainObject(value) ? { ...value } : value
}

function isPlainObject(value: unknown): value is object {
  if (typeof value !== 'object' || value === null) return false
  const prototype = Object.getPrototypeOf(value)
  return prototype === null || Object.getPrototypeOf(prototype) === null
}

function expectation(property: TSchema): string {
  if (TypeGuard.IsInteger(property)) {
    const { minimum = 0, maximum } = property
    return `a whole number ${boundsInWords({ minimum, maximum })}`
  }
  if (TypeGuard.IsBoolean(property)) return 'true or false'
  if (TypeGuard.IsUnion(property)) {
    const members = property.anyOf.map(member =>
      TypeGuard.IsLiteral(member) ? literalText(property, member.const) : expectation(member),
    )
    return members.some(member => member.includes(' '))
      ? members.join(' or ')
      : `one of ${members.join(', ')}`
  }
  if (TypeGuard.IsArray(property)) return listInWords(property)
  if (TypeGuard.IsString(property))
    return `text of ${property.minLength ?? 0} to ${property.maxLength ?? 'any number of'} characters`
  return 'an object'
}

function listInWords({ minItems = 0, maxItems, items }: TArray<TSchema>): string {
  if (maxItems === undefined) return 'an array of text'
  return `a list of ${minItems} to ${maxItems} texts${items.minLength > 0 ? ', none of them empty' : ''}`
}

/** Quoted if one of the values, such as a TAB, is hard to read. */
function literalText({ anyOf }: TSchema, value: unknown): string {
  const isReadable = anyOf.every((member: TSchema) => /^[\w-]+$/.test(String(member.const ?? 'a')))
  return isReadable ? String(value) : JSON.stringify(value)
}

export function optionInvalid(message: string): LadingError {
  return new LadingError('OPTION_INVALID', message)
}
