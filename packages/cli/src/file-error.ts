// A system error about a file → its cause, as the end of a sentence.
const reasons: ReadonlyMap<string, string> = new Map([
  ['EACCES', 'permission is missing'],
  ['EPERM', 'permission is missing'],
  ['EROFS', 'the disk is read-only'],
  ['ENOSPC', 'the disk is full'],
  ['EDQUOT', 'the disk quota is used up'],
  ['EISDIR', 'it is a folder'],
  ['ENOENT', 'it or its folder does not exist'],
  ['ENOTDIR', 'its folder does not exist'],
  ['ELOOP', 'its symbolic links form a loop'],
  ['ENAMETOOLONG', 'its name is too long'],
])

export function fileErrorReason(error: unknown): string {
  const code = errorCode(error)
  if (code !== undefined) return reasons.get(code) ?? code
  return error instanceof Error ? error.message : String(error)
}

/** The `code` of a Node error, such as ENOENT, or undefined. */
export function errorCode(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error)) return undefined
  return typeof error.code === 'string' ? error.code : undefined
}

/** Whether the error comes from the operating system. */
export function isFileError(error: unknown): boolean {
  return error instanceof Error && 'syscall' in error
}
