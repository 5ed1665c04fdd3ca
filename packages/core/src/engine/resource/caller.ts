// A tenant and a principal from outside → the caller, if both are texts that a job can store.
import { LadingError } from '../../errors/lading-error.ts'
import type { Caller } from './definition.ts'

/** Maximum characters of a tenant and of a principal. Both are stored with each job. */
const maxLength = 255

export interface CallerMembers {
  readonly tenant?: unknown
  readonly principal?: unknown
}

/** Reads a caller, for instance from options of a command. Undefined if neither is set. @throws LadingError `OPTION_INVALID` */
export function readCaller(members: CallerMembers): Caller | undefined {
  return parseCaller(
    members,
    (name, rule) => new LadingError('OPTION_INVALID', `The option "${name}" ${rule}.`),
  )
}

/**
 * Reads a caller. An empty member is invalid, so that it is never mistaken for a missing one.
 *
 * @param toError makes the error of an invalid member
 */
export function parseCaller(
  { tenant, principal }: CallerMembers,
  toError: (name: string, rule: string) => LadingError,
): Caller | undefined {
  const present = Object.entries({ tenant, principal }).filter(([, value]) => value !== undefined)
  for (const [name, value] of present) {
    if (typeof value === 'string' && isName(value)) continue
    throw toError(name, `must be a text of 1 to ${maxLength} characters`)
  }
  return present.length === 0 ? undefined : Object.fromEntries(present)
}

/** False for what the database would reject or change. */
function isName(text: string): boolean {
  return text !== '' && text.length <= maxLength && text.isWellFormed() && !text.includes('\0')
}
