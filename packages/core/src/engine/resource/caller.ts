// A tenant and a principal as they were told → the caller, if both are texts that a job can keep.
import { LadingError } from '../../errors/lading-error.ts'
import type { Caller } from './definition.ts'

/** Characters of a tenant and of a principal: both are kept with each job. */
const maxLength = 255

export interface CallerMembers {
  readonly tenant?: unknown
  readonly principal?: unknown
}

/** Options of a command, say. Undefined where neither is given. @throws LadingError `OPTION_INVALID` */
export function readCaller(members: CallerMembers): Caller | undefined {
  return callerWith(
    members,
    (name, rule) => new LadingError('OPTION_INVALID', `The option "${name}" ${rule}.`),
  )
}

/** @param refusal of the member that breaks the rule: an empty one must never be mistaken for nobody */
export function callerWith(
  { tenant, principal }: CallerMembers,
  refusal: (name: string, rule: string) => LadingError,
): Caller | undefined {
  const given = Object.entries({ tenant, principal }).filter(([, value]) => value !== undefined)
  for (const [name, value] of given) {
    if (typeof value === 'string' && isName(value)) continue
    throw refusal(name, `must be a text of 1 to ${maxLength} characters`)
  }
  return given.length === 0 ? undefined : Object.fromEntries(given)
}

/** What the database would refuse, or keep as something else. */
function isName(text: string): boolean {
  return text !== '' && text.length <= maxLength && text.isWellFormed() && !text.includes('\0')
}
