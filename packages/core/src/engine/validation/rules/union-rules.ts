// A union of schemas → its check. The message refers to the schema that the value most likely meant.
import type { TUnion } from '@sinclair/typebox'
import { InvalidValue } from '../../value/codec.ts'
import { type Check, type Compile, described, violation } from './check.ts'

export function unionCheck(
  schema: TUnion,
  compile: Compile,
  kind: Parameters<Compile>[1],
): Check | undefined {
  const checks = schema.anyOf.map(member => compile(member, kind))
  if (checks.some(check => check === undefined)) return undefined
  const general = described(schema, 'must have one of the allowed forms')
  return value => {
    const problems: InvalidValue[] = []
    for (const check of checks) {
      const problem = check?.(value)
      if (problem === undefined) return undefined
      problems.push(problem)
    }
    return likeliest(problems, general)
  }
}

/** Picks the closest schema: one of another type is farthest, then one that expects another kind of object. */
function likeliest(problems: readonly InvalidValue[], general: string): InvalidValue {
  const closeness = ({ path, details: { kind } }: InvalidValue) =>
    kind === 'type' && path.length === 0 ? 0 : kind === 'choice' && path.length > 0 ? 1 : 2
  const closest = Math.max(...problems.map(closeness))
  const near = problems.filter(problem => closeness(problem) === closest)
  const [first] = near
  if (first === undefined) return violation(general)
  const isSamePlace = near.every(({ path }) => path.join('\0') === first.path.join('\0'))
  if (!isSamePlace) return violation(general)
  const words = (of: (problem: InvalidValue) => string | undefined) =>
    either([...new Set(near.map(problem => of(problem) ?? ''))])
  const facts = {
    ...(closest === 0 && { kind: 'type' as const }),
    ...(near.some(({ details: { redacted } }) => redacted !== undefined) && {
      redacted: words(({ details: { redacted }, message }) => redacted ?? message),
    }),
  }
  return new InvalidValue(
    undefined,
    words(({ message }) => message),
    first.path,
    facts,
  )
}

/** `must be text`, `must be a number` → `must be text or a number`. */
function either(words: readonly string[]): string {
  const parts = words.map((one, index) =>
    index > 0 && words.every(other => other.startsWith('must be ')) ? one.slice('must be '.length) : one,
  )
  return parts.length < 3 ? parts.join(' or ') : `${parts.slice(0, -1).join(', ')} or ${parts.at(-1)}`
}
