// Validates keys of stored objects, so that each is a path inside the storage.
import { LadingError } from '../errors/lading-error.ts'

const maxKeyBytes = 512
/** File systems allow 255 bytes, and a temporary name is longer than the name itself. */
const maxPartBytes = 200

const shape = /^[a-z0-9][a-z0-9._-]*(?:\/[a-z0-9][a-z0-9._-]*)*$/

/** Marks the names of objects that are still being written. */
export const temporaryMark = '.tmp-'

export function isKey(key: string): boolean {
  // Check the length first to bound the work of the pattern. The pattern allows only single-byte characters.
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
    'A storage key must consist of lower case letters, digits and "._-" in parts separated by "/", without ".." or ".tmp-".',
  )
}

/** Checks the beginning of a key, which may be empty. @throws LadingError `STORAGE_KEY_INVALID` */
export function checkPrefix(prefix: string): void {
  // A prefix is valid if adding a letter makes it a key: `a/` and `a.` are valid; `/`, `a//` and `../` are not.
  checkKey(`${prefix}x`)
}
