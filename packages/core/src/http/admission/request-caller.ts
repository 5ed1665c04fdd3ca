// Who asks, as the host has found out → the caller that owns jobs, and that a resource's scope is asked for.

import { type CallerMembers, callerWith } from '../../engine/resource/caller.ts'
import type { Caller } from '../../engine/resource/definition.ts'
import { LadingError } from '../../errors/lading-error.ts'

/**
 * What the host's own authentication has left: a text is a principal, of an object the members `tenant` and
 * `principal` count, and nothing is nobody.
 *
 * @throws LadingError `HOOK_FAILED` for what could be mistaken for nobody
 */
export function callerOf(known: unknown): Caller | undefined {
  if (known === undefined || known === null) return undefined
  if (typeof known === 'string') return caller({ principal: known })
  if (typeof known !== 'object' || Array.isArray(known)) throw unusable('principal')
  return caller(known)
}

/**
 * What `authorize` has returned. Strict, because a tenant under a misspelt name would put everybody into one.
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
  return callerWith(
    members,
    (name, rule) => new LadingError('HOOK_FAILED', `The ${name} of the caller ${rule}; nothing was done.`),
  )
}

function unusable(hook: string): LadingError {
  return new LadingError(
    'HOOK_FAILED',
    `${hook} must return who asks, as an object with a tenant, a principal or both; nothing was done.`,
  )
}
