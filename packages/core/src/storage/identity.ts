// Which storage this is, so that a job can remember where its file lies.
import { LadingError } from '../errors/lading-error.ts'
import type { Storage } from './storage.ts'

/** Characters of the longest identity: it is a column of each job, and part of messages. */
const maxCharacters = 200

/** Printable ASCII without spaces at either end: it is written to logs and messages as it is. */
const shape = /^[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?$/

/**
 * The identity of a storage; undefined for one that has none.
 *
 * @throws LadingError `CONFIG_INVALID` for an identity that cannot be kept, and what the storage throws
 */
export async function identityOf(storage: Storage): Promise<string | undefined> {
  const identity: unknown = await storage.identity?.()
  if (identity === undefined) return undefined
  if (typeof identity === 'string' && identity.length <= maxCharacters && shape.test(identity))
    return identity
  throw new LadingError(
    'CONFIG_INVALID',
    `The identity of a storage must be 1 to ${maxCharacters} printable ASCII characters; this storage returns something else.`,
  )
}

/** Whether a file that lies in one storage can be had from another one. A file of an earlier version names none. */
export function isElsewhere(lies: string | null, mine: string | undefined): lies is string {
  return lies !== null && mine !== undefined && lies !== mine
}

/** @param what the file, such as `The file of this export` */
export function elsewhere(what: string, storage: string): LadingError {
  return new LadingError(
    'STORAGE_ELSEWHERE',
    `${what} lies in another storage (${storage}) than the one of this process. Ask a server that uses that storage.`,
  )
}
