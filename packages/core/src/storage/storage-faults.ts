// Errors of a storage → faults with a message for users; the original stays in `cause`.
import { LadingError } from '../errors/lading-error.ts'

const storageFull: ReadonlySet<unknown> = new Set(['ENOSPC', 'EDQUOT', 'EFBIG'])
/** A link where links are not followed, a folder where a file belongs, or the reverse. */
const occupied: ReadonlySet<unknown> = new Set(['ELOOP', 'EISDIR', 'ENOTDIR', 'ENOTEMPTY', 'EEXIST'])

/** The code of a failed system call, such as `ENOENT`. */
export function errnoOf(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error)) return undefined
  return typeof error.code === 'string' ? error.code : undefined
}

export function notFound(key: string): LadingError {
  return new LadingError('STORAGE_NOT_FOUND', `Nothing is stored under "${key}"; it may have expired.`)
}

/** The folder contains a planted link, or the key is the folder of another key. */
export function keyTaken(cause?: unknown): LadingError {
  return new LadingError(
    'STORAGE_KEY_INVALID',
    'The storage folder has a symbolic link, or something that is not a plain file, at the path of this key.',
    { cause },
  )
}

/** The folder existed before and is not recreated, because its files may come back with it. */
export function folderMissing(cause?: unknown): LadingError {
  return new LadingError(
    'STORAGE_UNAVAILABLE',
    'The storage folder is missing, or another one is in its place; mount or restore it. If its files are lost, start the server again.',
    { cause },
  )
}

/** Stops a process at startup: it has not used the folder yet, so no job can wait for it. */
export function folderUnusable(error: unknown): LadingError {
  const fault = storageFault(error)
  if (fault === error) return fault
  if (fault.code !== 'STORAGE_UNAVAILABLE') return fault
  return new LadingError(
    'CONFIG_INVALID',
    `The storage folder cannot be used (${errnoOf(error) ?? 'unknown reason'}); check that it may be read and written.`,
    { cause: error },
  )
}

/** Converts any error of the file system. */
export function storageFault(error: unknown): LadingError {
  if (error instanceof LadingError) return error
  const code = errnoOf(error)
  if (storageFull.has(code)) {
    return new LadingError('STORAGE_FULL', 'The storage is full; free some space and try again.', {
      cause: error,
    })
  }
  if (occupied.has(code)) return keyTaken(error)
  return new LadingError(
    'STORAGE_UNAVAILABLE',
    code === undefined
      ? 'The storage cannot be used now; check it, and see the log.'
      : `The storage folder cannot be used now (${code}); check its disk, and that it may be read and written.`,
    { cause: error },
  )
}
