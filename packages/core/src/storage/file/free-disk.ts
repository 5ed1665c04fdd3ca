// Checks that this many bytes fit on a folder's disk and leave the reserve free.
import { statfs } from 'node:fs/promises'
import { LadingError } from '../../errors/lading-error.ts'

/** @throws LadingError `STORAGE_FULL`. @throws the system error for a folder that does not exist */
export async function assertFreeDisk(folder: string, bytes: number, reserveBytes: number): Promise<void> {
  const { bavail, bsize } = await statfs(folder)
  if (bavail * bsize - bytes >= reserveBytes) return
  throw new LadingError('STORAGE_FULL', 'The storage has no space for this; free some space and try again.')
}
