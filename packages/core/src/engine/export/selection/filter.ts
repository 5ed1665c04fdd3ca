// One requested filter → tests of a field with parsed values, or a fault that names the field.
import { LadingError } from '../../../errors/lading-error.ts'
import type { FilterBounds } from '../../resource/definition.ts'
import type { Field } from '../../resource/field.ts'
import { expectationOf, InvalidValue, invalid, sentenceOf } from '../../value/codec.ts'
import { codecOf } from '../../value/codecs.ts'
import { checkJsonb } from '../../value/jsonb.ts'
import { elementsOf } from '../../value/list/dimensions.ts'
import { parseFilterValue } from '../../value/parse-filter-value.ts'
import { isOrdered } from './export-fields.ts'
import { isHeavyJson } from './heavy-json.ts'

export const bounds = ['gte', 'gt', 'lte', 'lt'] as const

/** A condition on a field. Values are those of its codec. */
export type FieldTest =
  | {
      readonly field: Field
      readonly test: 'in'
      readonly values: readonly unknown[]
      readonly orNull: boolean
    }
  | { readonly field: Field; readonly test: (typeof bounds)[number]; readonly value: unknown }
  | { readonly field: Field; readonly test: 'null'; readonly isNull: boolean }

const operators: readonly string[] = ['eq', 'in', ...bounds, 'null'] satisfies (keyof FilterBounds)[]

/** @throws LadingError `FILTER_INVALID` */
export function readFilter(field: Field, requested: unknown): readonly FieldTest[] {
  if (requested === undefined) throw filterInvalid(field, 'has no value; leave it out, or give null for none')
  if (isOneValue(field, requested)) return [oneOf(field, [requested])]
  if (Array.isArray(requested)) return [oneOf(field, requested)]
  const tests = Object.entries(requested as object).map(([name, value]) => readTest(field, name, value))
  if (tests.length === 0) throw filterInvalid(field, `must have one of ${operators.join(', ')}`)
  return tests
}

/** Lists and objects are values of fields of such a type; a document that looks like operators needs `eq`. */
function isOneValue({ type }: Field, requested: unknown): boolean {
  if (typeof requested !== 'object' || requested === null || requested instanceof Date) return true
  if (Array.isArray(requested)) return type.kind === 'array' || type.kind === 'json'
  const names = Object.keys(requested)
  return type.kind === 'json' && (names.length === 0 || !names.every(name => operators.includes(name)))
}

function readTest(field: Field, name: string, value: unknown): FieldTest {
  if (!operators.includes(name)) throw unknownOperator(field, name, operators)
  if (value === undefined) throw filterInvalid(field, `has no value for "${name}"`)
  if (name === 'null') {
    if (value === true || value === 'true') return { field, test: 'null', isNull: true }
    if (value === false || value === 'false') return { field, test: 'null', isNull: false }
    throw filterInvalid(field, 'must be true or false for "null"')
  }
  if (name === 'eq') return oneOf(field, [value])
  if (name === 'in') {
    if (!Array.isArray(value)) throw filterInvalid(field, 'must have a list for "in"')
    return oneOf(field, value)
  }
  if (!isOrdered(field)) {
    throw filterInvalid(field, `cannot have a range: ${field.type.kind} has no order; give values, or null`)
  }
  if (value === null) throw filterInvalid(field, `must have a value for "${name}"`)
  // `operators` holds no other names.
  return { field, test: name as (typeof bounds)[number], value: parsed(field, value) }
}

function oneOf(field: Field, requested: readonly unknown[]): FieldTest {
  if (requested.length === 0) throw filterInvalid(field, 'must have at least one value')
  const values = requested.filter(value => value !== null).map(value => parsed(field, value))
  return values.length === 0
    ? { field, test: 'null', isNull: true }
    : { field, test: 'in', values, orNull: values.length < requested.length }
}

function parsed(field: Field, rawValue: unknown): unknown {
  const value = parseFilterValue(field, rawValue)
  if (value instanceof InvalidValue || value === undefined) {
    // An empty cell is no value, which a filter must request with `null`.
    const invalidValue = value ?? invalid
    const expectation = expectationOf(codecOf(field.type), invalidValue)
    const sentence = sentenceOf(invalidValue, `the filter on "${field.name}"`, expectation)
    const isLost = typeof rawValue === 'string' && hasLostPlus(rawValue)
    throw new LadingError(
      'FILTER_INVALID',
      isLost ? `${sentence.slice(0, -1)}; write + as %2B in a URL.` : sentence,
    )
  }
  const unsupported = (Array.isArray(value) ? elementsOf(value) : [value])
    .map(checkJsonb)
    .find(invalidValue => invalidValue !== undefined)
  if (unsupported?.message !== undefined) throw filterInvalid(field, unsupported.message)
  if (isHeavyJson(field, value)) throw filterInvalid(field, 'holds a number with too many digits')
  return value
}

/** `…T12:00:00+02:00` in a URL that was not encoded. */
function hasLostPlus(text: string): boolean {
  return /\d \d\d:\d\d$/.test(text)
}

export function unknownOperator(field: Field, name: string, known: readonly string[]): LadingError {
  return filterInvalid(field, `has no operator "${name.slice(0, 30)}"; known: ${known.join(', ')}`)
}

/** @param problem the message after the name of the field, without a full stop */
export function filterInvalid({ name }: Pick<Field, 'name'>, problem: string): LadingError {
  return new LadingError('FILTER_INVALID', `The filter on "${name}" ${problem}.`)
}
