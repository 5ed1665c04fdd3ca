// The building blocks of rules: a check of one value, and the words of a schema's own description.
import type { TSchema } from '@sinclair/typebox'
import type { ScalarKind } from '../../resource/schema/column-type.ts'
import { InvalidValue, type InvalidValueDetails } from '../../value/codec.ts'

/** Returns undefined for a valid value. Messages are prepared in advance, so that valid values cost nothing. */
export type Check = (value: unknown) => InvalidValue | undefined

/**
 * Compiles the check of a schema; undefined if every value passes.
 *
 * @param kind the type that the value was parsed as; undefined inside JSON, where the type is unknown
 */
export type Compile = (schema: TSchema, kind?: ScalarKind) => Check | undefined

export function violation(words: string, about?: InvalidValueDetails['kind']): InvalidValue {
  return new InvalidValue(undefined, words, [], about && { kind: about })
}

/** Combines checks; the result reports the first problem. */
export function allOf(checks: readonly (Check | undefined)[]): Check | undefined {
  const [first, second, ...rest] = checks.filter(check => check !== undefined)
  if (first === undefined || second === undefined) return first
  const others = allOf([second, ...rest])
  return others && (value => first(value) ?? others(value))
}

/**
 * Words a rule by the schema's description. A phrase such as `a word in small letters` follows "must be"; a sentence such
 * as `The code of the product.` is added to the rule in parentheses.
 */
export function described({ description }: TSchema, otherwise: string): string {
  if (description === undefined) return otherwise
  const words = description.trim().replace(/\.$/, '')
  return words === description && !/^\p{Lu}/u.test(words)
    ? `must be ${words}`
    : words === ''
      ? otherwise
      : `${otherwise} (${words})`
}
