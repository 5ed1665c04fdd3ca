// `const`, `enum` and unions of literals → a check that a value is one of the allowed ones.
import { type TSchema, TypeGuard } from '@sinclair/typebox'
import { compareDecimals, isDecimal } from '../../../util/text/decimal.ts'
import { nearestHint, oneOf } from '../../../util/text/one-of.ts'
import { InvalidValue } from '../../value/codec.ts'
import { type Check, violation } from './check.ts'

/** The values of a literal, or of a union of literals. */
export function literals(schema: TSchema): readonly unknown[] | undefined {
  if (TypeGuard.IsLiteral(schema)) return [schema.const]
  if (!TypeGuard.IsUnion(schema) || !schema.anyOf.every(member => TypeGuard.IsLiteral(member)))
    return undefined
  return [...new Set(schema.anyOf.map(member => member.const))]
}

/** The values that a schema allows by literals, `const` or `enum`; undefined if it lists none. */
export function choices(schema: TSchema): readonly unknown[] | undefined {
  const { const: only, enum: several } = schema
  if (several === undefined) return only === undefined ? literals(schema) : [only]
  return only === undefined ? several : several.filter((value: unknown) => value === only)
}

/** Checks `const` and `enum`. @param isNumber values are numbers written as text, so that `1.0` equals `1` */
export function choiceCheck(schema: TSchema, isNumber = false): Check | undefined {
  const values = choices(schema)
  if (values === undefined) return undefined
  return isNumber ? numberChoice(values) : amongCheck(values)
}

export function amongCheck(values: readonly unknown[]): Check {
  const known = new Set(values)
  const problemOf = choiceProblem(values)
  return value => (known.has(value) ? undefined : problemOf(value))
}

function numberChoice(values: readonly unknown[]): Check {
  const texts = values.map(String).filter(isDecimal)
  const problem = violation(`must be ${oneOf(values)}`, 'choice')
  return value => (texts.some(text => compareDecimals(String(value), text) === 0) ? undefined : problem)
}

function choiceProblem(values: readonly unknown[]): (value: unknown) => InvalidValue {
  const words = `must be ${oneOf(values)}`
  const withoutHint = violation(words, 'choice')
  const hintFor = nearestHint(values)
  return value => {
    const hint = hintFor(value)
    return hint === ''
      ? withoutHint
      : new InvalidValue(undefined, `${words}${hint}`, [], { kind: 'choice', redacted: words })
  }
}
