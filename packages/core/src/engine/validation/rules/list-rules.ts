// Rules of lists → their check: the number of elements, whether they are unique, and the rules of each.
import type { TArray, TSchema } from '@sinclair/typebox'
import { oneOf } from '../../../util/text/one-of.ts'
import type { ScalarKind } from '../../resource/schema/column-type.ts'
import { withoutNull } from '../../resource/schema/column-type.ts'
import type { InvalidValue } from '../../value/codec.ts'
import { plainValue } from '../plain-value.ts'
import { allOf, type Check, type Compile, described, violation } from './check.ts'
import { choices } from './choice-rules.ts'
import { countOf } from './text-rules.ts'

/** @param kind the type that the elements were parsed as; undefined inside JSON */
export function listCheck(schema: TArray, compile: Compile, kind?: ScalarKind): Check | undefined {
  return allOf([
    kind === undefined ? isList(schema) : undefined,
    sizeCheck('element', value => (value as unknown[]).length, schema.minItems, schema.maxItems),
    schema.uniqueItems === true ? uniqueCheck : undefined,
    elementsCheck(elementCheck(schema.items, compile, kind)),
    containsCheck(schema, compile),
  ])
}

export function isList(schema: TSchema): Check {
  const problem = violation(described(schema, 'must be a list'), 'type')
  return value => (Array.isArray(value) ? undefined : problem)
}

/** Checks `minItems`, `maxItems`, `minProperties` and `maxProperties`. */
export function sizeCheck(
  noun: string,
  sizeOf: (value: unknown) => number,
  min = 0,
  max = Number.POSITIVE_INFINITY,
): Check | undefined {
  if (min <= 0 && max === Number.POSITIVE_INFINITY) return undefined
  const problem = violation(`must have ${sizeWords(noun, min, max)}`)
  return value => {
    const size = sizeOf(value)
    return size >= min && size <= max ? undefined : problem
  }
}

function sizeWords(noun: string, min: number, max: number): string {
  if (min === max) return `exactly ${countOf(max, noun)}`
  if (min <= 0) return `at most ${countOf(max, noun)}`
  return max === Number.POSITIVE_INFINITY
    ? `at least ${countOf(min, noun)}`
    : `between ${min} and ${countOf(max, noun)}`
}

function elementCheck(items: TSchema, compile: Compile, kind: ScalarKind | undefined): Check | undefined {
  if (kind === undefined) return compile(items)
  const { schema, nullable } = withoutNull(items)
  const check = compile(schema, kind)
  // The codec has already rejected nulls that are not allowed.
  return check && nullable ? value => (value === null ? undefined : check(value)) : check
}

function elementsCheck(check: Check | undefined): Check | undefined {
  if (check === undefined) return undefined
  return value => {
    const list = value as readonly unknown[]
    for (let index = 0; index < list.length; index++) {
      const problem = check(list[index])
      if (problem !== undefined) return problem.within(index + 1)
    }
    return undefined
  }
}

/** Compares elements as JSON values, whatever the order of their members. */
function uniqueCheck(value: unknown): InvalidValue | undefined {
  const seen = new Map<unknown, number>()
  const list = value as readonly unknown[]
  for (let index = 0; index < list.length; index++) {
    const key = comparable(list[index])
    const before = seen.get(key)
    if (before !== undefined) {
      return violation(`must have different elements; element ${index + 1} is the same as element ${before}`)
    }
    seen.set(key, index + 1)
  }
  return undefined
}

/** The prefixes keep texts and objects apart. */
function comparable(value: unknown): unknown {
  const plain = plainValue(value)
  return typeof plain === 'object' && plain !== null
    ? `object ${JSON.stringify(plain, inOrder)}`
    : keyOf(plain)
}

function keyOf(value: unknown): unknown {
  return typeof value === 'string' ? `text ${value}` : value
}

function inOrder(_key: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value
  return Object.fromEntries(Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1)))
}

/** Checks `contains`, with `minContains` and `maxContains`. */
function containsCheck(schema: TArray, compile: Compile): Check | undefined {
  const { contains, minContains = 1, maxContains = Number.POSITIVE_INFINITY } = schema
  if (contains === undefined) return undefined
  const check = compile(contains)
  const which = containedWords(contains)
  const problem = violation(`must have ${sizeWords('element', minContains, maxContains)} ${which}`)
  return value => {
    const found = (value as readonly unknown[]).filter(item => check?.(plainValue(item)) === undefined).length
    return found >= minContains && found <= maxContains ? undefined : problem
  }
}

/** Words for what `contains` requires, if they are short. */
function containedWords(contains: TSchema): string {
  const values = choices(contains)
  const words = values === undefined ? described(contains, '') : `must be ${oneOf(values)}`
  return words.startsWith('must be ')
    ? `that is ${words.slice('must be '.length)}`
    : 'of the kind that its schema requires'
}
