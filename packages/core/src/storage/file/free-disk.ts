// Room on a disk: whether so many bytes fit on the one that a folder lies on, and leave enough for others.
import { statfs } from 'node:fs/promises'
import { LadingError } from '../../errors/lading-error.ts'

/** @throws LadingError `STORAGE_FULL`. @throws what the system says of a folder that is not there */
export async function assertFreeDisk(folder: string, bytes: number, reserveBytes: number): Promise<void> {
  const { bavail, bsize } = await statfs(folder)
  if (bavail * bsize - bytes >= reserveBytes) return
  throw new LadingError('STORAGE_FULL', 'The storage has no room for this; make room and try again.')
}
