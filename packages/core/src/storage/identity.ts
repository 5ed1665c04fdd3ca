// The identity of a storage, which a job records with its file.
import { LadingError } from '../errors/lading-error.ts'
import type { Storage } from './storage.ts'

/** Maximum number of characters: the identity is a column of each job, and part of messages. */
const maxCharacters = 200

/** Printable ASCII without spaces at either end, because logs and messages show it unchanged. */
const shape = /^[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?$/

/**
 * Returns the identity of a storage; undefined if it has none.
 *
 * @throws LadingError `CONFIG_INVALID` for an invalid identity, and errors of the storage
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

/** Whether the file is in another storage than this one. A file of an earlier version has no storage recorded. */
export function isElsewhere(
  fileStorage: string | null,
  ownStorage: string | undefined,
): fileStorage is string {
  return fileStorage !== null && ownStorage !== undefined && fileStorage !== ownStorage
}

/** @param what the file, such as `The file of this export` */
export function storageElsewhere(what: string, storage: string): LadingError {
  return new LadingError(
    'STORAGE_ELSEWHERE',
    `${what} is in another storage (${storage}), which this process does not use. Ask a server that uses that storage.`,
  )
}
