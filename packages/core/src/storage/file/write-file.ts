// Bytes → a file that appears whole or not at all, and survives a power failure.
import { randomBytes } from 'node:crypto'
import { constants } from 'node:fs'
import { type FileHandle, open, rename, unlink } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { failpoint } from '../../util/failpoint.ts'
import { checkNotCancelled } from '../incoming.ts'
import { temporaryMark } from '../object-key.ts'
import { folderOf, ignore, removeEmptyFolders, syncFolder } from './folder.ts'

const { O_CREAT, O_EXCL, O_NOFOLLOW, O_WRONLY } = constants

/** Attempts to open a new file: a concurrent `delete` may remove the empty folder in between. */
const openAttempts = 10

/** Writes the file of a key, or leaves everything unchanged. */
export async function writeFile(
  root: string,
  key: string,
  chunks: AsyncIterable<Uint8Array>,
  signal: AbortSignal | undefined,
): Promise<void> {
  const { handle, folder, temporary } = await openTemporary(root, key)
  try {
    try {
      // `flush` is the fsync, before the stream closes the file.
      await pipeline(chunks, handle.createWriteStream({ flush: true }))
    } finally {
      // Waits until the stream has released the file, even if it was destroyed during a write.
      await handle.close()
    }
    checkNotCancelled(signal)
    failpoint('before_rename')
    await rename(temporary, join(folder, basename(key)))
  } catch (error) {
    await unlink(temporary).catch(() => undefined)
    await removeEmptyFolders(root, key)
    throw error
  }
  await syncFolder(folder)
}

async function openTemporary(
  root: string,
  key: string,
): Promise<{ handle: FileHandle; folder: string; temporary: string }> {
  for (let attempt = 1; ; attempt++) {
    try {
      const folder = (await folderOf(root, key, { create: true })) ?? root
      const temporary = join(folder, `${basename(key)}${temporaryMark}${randomBytes(8).toString('hex')}`)
      const handle = await open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0o600)
      return { handle, folder, temporary }
    } catch (error) {
      if (attempt >= openAttempts) throw error
      ignore('ENOENT')(error)
    }
  }
}
