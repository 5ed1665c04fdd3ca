// Keys of stored objects: what is allowed in them, so that each is a path inside of the storage and nowhere else.
import { LadingError } from '../errors/lading-error.ts'

const maxKeyBytes = 512
/** File systems stop at 255, and a temporary name is longer than the name. */
const maxPartBytes = 200

const shape = /^[a-z0-9][a-z0-9._-]*(?:\/[a-z0-9][a-z0-9._-]*)*$/

/** Marks names of objects that are still being written. */
export const temporaryMark = '.tmp-'

export function isKey(key: string): boolean {
  // The length first: it bounds what the pattern is tried on. A character is a byte, or the pattern refuses it.
  return (
    key.length <= maxKeyBytes &&
    shape.test(key) &&
    !key.includes('..') &&
    !key.includes(temporaryMark) &&
    key.split('/').every(part => part.length <= maxPartBytes)
  )
}

/** @throws LadingError `STORAGE_KEY_INVALID` */
export function checkKey(key: string): void {
  if (isKey(key)) return
  throw new LadingError(
    'STORAGE_KEY_INVALID',
    'A storage key is made of lower case letters, digits and "._-" in parts divided by "/", without ".." or ".tmp-".',
  )
}

/** The beginning of a key, or nothing. @throws LadingError `STORAGE_KEY_INVALID` */
export function checkPrefix(prefix: string): void {
  // A prefix is good if a letter makes a key of it: `a/` and `a.` are, `/`, `a//` and `../` are not.
  checkKey(`${prefix}x`)
}
