// What the host's authentication returned → the caller, which owns jobs and determines the scope of resources.

import { type CallerMembers, parseCaller } from '../../engine/resource/caller.ts'
import type { Caller } from '../../engine/resource/definition.ts'
import { LadingError } from '../../errors/lading-error.ts'

/**
 * The caller from the host's own authentication. A string is a principal. Of an object the members `tenant` and
 * `principal` count. `undefined` and `null` mean an anonymous caller.
 *
 * @throws LadingError `HOOK_FAILED` for any other value, which could be mistaken for an anonymous caller
 */
export function callerOf(principal: unknown): Caller | undefined {
  if (principal === undefined || principal === null) return undefined
  if (typeof principal === 'string') return caller({ principal })
  if (typeof principal !== 'object' || Array.isArray(principal)) throw unusable('principal')
  return caller(principal)
}

/**
 * The caller that `authorize` returned. Strict, because a misspelt `tenant` would put all callers into one tenant.
 *
 * @throws LadingError `HOOK_FAILED` for anything but a `Caller`
 */
export function checkedCaller(answer: unknown): Caller | undefined {
  if (typeof answer !== 'object' || answer === null || Array.isArray(answer)) throw unusable('authorize')
  const { tenant, principal, ...others } = answer as Record<string, unknown>
  if (Object.keys(others).length > 0) throw unusable('authorize')
  return caller({ tenant, principal })
}

function caller(members: CallerMembers): Caller | undefined {
  return parseCaller(
    members,
    (name, rule) => new LadingError('HOOK_FAILED', `The ${name} of the caller ${rule}; nothing was done.`),
  )
}

function unusable(hook: string): LadingError {
  return new LadingError(
    'HOOK_FAILED',
    `${hook} must return the caller, as an object with a tenant, a principal or both; nothing was done.`,
  )
}
