// Folders of a file storage: walked step by step, so that a planted symbolic link never leads out of its root.
import { lstat, mkdir, open, rmdir } from 'node:fs/promises'
import { join } from 'node:path'
import { errnoOf, keyTaken } from '../faults.ts'

/** Stored files may hold what their owners would not show to other users of the machine. */
const ownerOnly = 0o700

/**
 * The folder of a key's file, or undefined if it is not there and not to be made.
 *
 * Whoever may write into the root can still put a link there between this look and the use of the path; Node has
 * no `openat`. The check is against links that lie there, not against a race with another user of the folder.
 */
export async function folderOf(
  root: string,
  key: string,
  { create }: { create: boolean },
): Promise<string | undefined> {
  let folder = root
  for (const part of key.split('/').slice(0, -1)) {
    const parent = folder
    folder = join(parent, part)
    if (await isFolder(folder)) continue
    if (!create) return undefined
    await mkdir(folder, { mode: ownerOnly }).catch(ignore('EEXIST'))
    // Who was faster may have made something else of it.
    await isFolder(folder)
    await syncFolder(parent)
  }
  return folder
}

async function isFolder(path: string): Promise<boolean> {
  const facts = await lstat(path).catch(ignore('ENOENT'))
  if (facts === undefined) return false
  if (!facts.isDirectory()) throw keyTaken()
  return true
}

/** Makes names in a folder survive a power cut, where the platform can (fsync(2), "calling fsync() on the directory"). */
export async function syncFolder(folder: string): Promise<void> {
  // Windows opens no folders, some network file systems sync none, and an empty one may be tidied away meanwhile.
  const handle = await open(folder, 'r').catch(ignore('EISDIR', 'EPERM', 'EACCES', 'ENOENT'))
  if (handle === undefined) return
  try {
    await handle.sync().catch(ignore('EINVAL', 'EPERM', 'ENOTSUP', 'EBADF'))
  } finally {
    await handle.close()
  }
}

/** Removes the folders that a deleted file leaves empty; a job's files have a folder of their own each. */
export async function removeEmptyFolders(root: string, key: string): Promise<void> {
  const parts = key.split('/').slice(0, -1)
  for (; parts.length > 0; parts.pop()) {
    try {
      await rmdir(join(root, ...parts))
    } catch {
      // Not empty, or already gone: either way there is nothing more to tidy.
      return
    }
  }
}

/** For `catch`: undefined for these errors, and any other goes on. */
export function ignore(...codes: readonly string[]): (error: unknown) => undefined {
  return error => {
    if (codes.includes(errnoOf(error) ?? '')) return undefined
    throw error
  }
}
