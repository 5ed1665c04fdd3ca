// `const`, `enum` and unions of literals → the check that a value is one of those that are allowed.
import { type TSchema, TypeGuard } from '@sinclair/typebox'
import { compareDecimals, isDecimal } from '../../../util/text/decimal.ts'
import { nearestHint, oneOf } from '../../../util/text/one-of.ts'
import { InvalidValue } from '../../value/codec.ts'
import { broken, type Check } from './check.ts'

/** The values of a literal, or of a union of literals. */
export function literals(schema: TSchema): readonly unknown[] | undefined {
  if (TypeGuard.IsLiteral(schema)) return [schema.const]
  if (!TypeGuard.IsUnion(schema) || !schema.anyOf.every(member => TypeGuard.IsLiteral(member)))
    return undefined
  return [...new Set(schema.anyOf.map(member => member.const))]
}

/** The values that a schema allows, by literals or by the keywords `const` and `enum`; undefined where it names none. */
export function choices(schema: TSchema): readonly unknown[] | undefined {
  const { const: only, enum: several } = schema
  if (several === undefined) return only === undefined ? literals(schema) : [only]
  return only === undefined ? several : several.filter((value: unknown) => value === only)
}

/** The keywords `const` and `enum`. @param isNumber its texts are numbers, of which `1.0` and `1` are the same */
export function choiceCheck(schema: TSchema, isNumber = false): Check | undefined {
  const values = choices(schema)
  if (values === undefined) return undefined
  return isNumber ? numberChoice(values) : amongCheck(values)
}

export function amongCheck(values: readonly unknown[]): Check {
  const known = new Set(values)
  const refuse = refuser(values)
  return value => (known.has(value) ? undefined : refuse(value))
}

function numberChoice(values: readonly unknown[]): Check {
  const texts = values.map(String).filter(isDecimal)
  const refusal = broken(`must be ${oneOf(values)}`, 'choice')
  return value => (texts.some(text => compareDecimals(String(value), text) === 0) ? undefined : refusal)
}

function refuser(values: readonly unknown[]): (value: unknown) => InvalidValue {
  const words = `must be ${oneOf(values)}`
  const usual = broken(words, 'choice')
  const hintFor = nearestHint(values)
  return value => {
    const hint = hintFor(value)
    return hint === ''
      ? usual
      : new InvalidValue(undefined, `${words}${hint}`, [], { about: 'choice', redacted: words })
  }
}
