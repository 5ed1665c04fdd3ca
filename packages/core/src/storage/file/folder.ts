// Walks the folders of a file storage step by step, so that a planted symbolic link never leads outside its root.
import { lstat, mkdir, open, rmdir } from 'node:fs/promises'
import { join } from 'node:path'
import { errnoOf, keyTaken } from '../storage-faults.ts'

/** Stored files may hold data that other users of the machine must not see. */
const ownerOnly = 0o700

/**
 * Returns the folder of a key's file, or undefined if it does not exist and is not to be created.
 *
 * A process that may write to the root can still place a link between this check and the use of the path; Node has no
 * `openat`. The check protects against existing links, not against a race with another user of the folder.
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
    // A concurrent process may have created something else.
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

/**
 * Makes the names in a folder survive a power failure, if the platform can (fsync(2), "calling fsync() on the
 * directory").
 */
export async function syncFolder(folder: string): Promise<void> {
  // Windows cannot open folders, some network file systems cannot sync them, and an empty one may be removed
  // meanwhile.
  const handle = await open(folder, 'r').catch(ignore('EISDIR', 'EPERM', 'EACCES', 'ENOENT'))
  if (handle === undefined) return
  try {
    await handle.sync().catch(ignore('EINVAL', 'EPERM', 'ENOTSUP', 'EBADF'))
  } finally {
    await handle.close()
  }
}

/** Removes the folders that a deleted file leaves empty; each job has its own folder. */
export async function removeEmptyFolders(root: string, key: string): Promise<void> {
  const parts = key.split('/').slice(0, -1)
  for (; parts.length > 0; parts.pop()) {
    try {
      await rmdir(join(root, ...parts))
    } catch {
      // Not empty, or already removed: either way there is nothing to do.
      return
    }
  }
}

/** For `catch`: returns undefined for these errors, and rethrows any other. */
export function ignore(...codes: readonly string[]): (error: unknown) => undefined {
  return error => {
    if (codes.includes(errnoOf(error) ?? '')) return undefined
    throw error
  }
}
