// What rules are made of: a check of one value, which says what is wrong, and the words of a schema's own description.
import type { TSchema } from '@sinclair/typebox'
import type { ScalarKind } from '../../resource/schema/column-type.ts'
import { InvalidValue, type InvalidValueFacts } from '../../value/codec.ts'

/** Undefined for a value that keeps its rules. What is said of others was made before, so that good ones cost nothing. */
export type Check = (value: unknown) => InvalidValue | undefined

/**
 * Makes the check of a schema; undefined where every value passes.
 *
 * @param kind the type that a value has been parsed as; undefined inside of JSON, where nothing is known of it
 */
export type Compile = (schema: TSchema, kind?: ScalarKind) => Check | undefined

export function broken(words: string, about?: InvalidValueFacts['about']): InvalidValue {
  return new InvalidValue(undefined, words, [], about && { about })
}

/** The first thing that is wrong. */
export function allOf(checks: readonly (Check | undefined)[]): Check | undefined {
  const [first, second, ...rest] = checks.filter(check => check !== undefined)
  if (first === undefined || second === undefined) return first
  const others = allOf([second, ...rest])
  return others && (value => first(value) ?? others(value))
}

/**
 * The words of a schema for what its values must be, which follow "must be". A description that is a note of its own
 * follows the rule: `a word in small letters` is the former, `The code of the product.` the latter.
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
