// Rules of objects inside JSON → their check: required members, forbidden members, and the rules of each.
import { KeyOfPattern, type TIntersect, type TObject, type TRecord, type TSchema } from '@sinclair/typebox'
import { quoted } from '../../../util/text/quoted.ts'
import { nearest } from '../../../util/text/suggest.ts'
import { InvalidValue } from '../../value/codec.ts'
import { allOf, type Check, type Compile, described, violation } from './check.ts'
import { sizeCheck } from './list-rules.ts'

type Members = Readonly<Record<string, unknown>>

export function objectCheck(schema: TObject, compile: Compile): Check | undefined {
  const names = Object.keys(schema.properties)
  return allOf([
    isObject(schema),
    namedCheck(schema, compile),
    othersCheck(schema.additionalProperties, name => Object.hasOwn(schema.properties, name), compile, names),
    membersCheck(schema),
  ])
}

/** The hot path of JSON validation, so it does no more than it must. */
function namedCheck({ properties, required = [] }: TObject, compile: Compile): Check {
  const members = Object.entries(properties).map(([name, member]) => ({
    name,
    check: compile(member),
    isRequired: required.includes(name),
    isInherited: name in Object.prototype,
  }))
  const count = members.length
  return value => {
    const object = value as Members
    const prototype = Object.getPrototypeOf(object)
    const isPlain = prototype === Object.prototype || prototype === null
    for (let index = 0; index < count; index++) {
      const member = members[index] as (typeof members)[number]
      const { name } = member
      // Inherited members do not count. `Object.hasOwn` is slower than a plain read, so it is called only if needed.
      const isOwn = (isPlain && !member.isInherited) || Object.hasOwn(object, name)
      const memberValue = isOwn ? object[name] : undefined
      if (memberValue === undefined) {
        if (member.isRequired) return missing.within(name)
      } else if (member.check !== undefined) {
        const problem = member.check(memberValue)
        if (problem !== undefined) return problem.within(name)
      }
    }
    return undefined
  }
}

export function recordCheck(schema: TRecord, compile: Compile): Check | undefined {
  const patterns = Object.entries(schema.patternProperties).map(([source, member]) => ({
    // A dot matches no line break, so a key with one would go unchecked.
    form: source === '^(.*)$' ? /^/ : new RegExp(source),
    check: compile(member),
  }))
  return allOf([
    isObject(schema),
    value => {
      for (const [name, member] of Object.entries(value as Members)) {
        for (const { form, check } of patterns) {
          const problem = form.test(name) ? check?.(member) : undefined
          if (problem !== undefined) return problem.within(name)
        }
      }
      return undefined
    },
    othersCheck(schema.additionalProperties, name => patterns.some(({ form }) => form.test(name)), compile),
    membersCheck(schema),
  ])
}

/** Checks `unevaluatedProperties`: members that none of the schemas names. */
export function unevaluatedCheck(schema: TIntersect, compile: Compile): Check | undefined {
  if (schema.unevaluatedProperties === undefined) return undefined
  const known = new RegExp(KeyOfPattern(schema))
  const check = othersCheck(schema.unevaluatedProperties, name => known.test(name), compile)
  return check && (value => (typeof value === 'object' && value !== null ? check(value) : undefined))
}

const missing = violation('is required')

function isObject(schema: TSchema): Check {
  const problem = violation(described(schema, 'must be an object'), 'type')
  return value => (typeof value === 'object' && value !== null && !Array.isArray(value) ? undefined : problem)
}

function membersCheck(schema: TSchema): Check | undefined {
  return sizeCheck(
    'key',
    value => Object.keys(value as Members).length,
    schema.minProperties,
    schema.maxProperties,
  )
}

/** @param others `false`, or the schema of members without a schema of their own */
function othersCheck(
  others: unknown,
  isKnown: (name: string) => boolean,
  compile: Compile,
  names: readonly string[] = [],
): Check | undefined {
  if (others === undefined || others === true) return undefined
  const check = others === false ? undefined : compile(others as TSchema)
  return value => {
    for (const name of Object.keys(value as Members)) {
      if (isKnown(name)) continue
      if (others === false) return unknownMember(name, names)
      const problem = check?.((value as Members)[name])
      if (problem !== undefined) return problem.within(name)
    }
    return undefined
  }
}

function unknownMember(name: string, names: readonly string[]): InvalidValue {
  const suggestion = nearest(name, names)
  const hint = suggestion === undefined ? '' : `; the nearest allowed key is ${quoted(suggestion)}`
  const words = `must not have the key ${quoted(name)}${hint}`
  return new InvalidValue(undefined, words, [], {
    redacted: 'must not have keys that its schema does not name',
  })
}
