// Finds the leftovers of dead `put`s in a folder by name and age, and removes them.
import { lstat, readdir, unlink } from 'node:fs/promises'
import { join } from 'node:path'
import { temporaryMark } from '../object-key.ts'
import { ignore, removeEmptyFolders } from './folder.ts'

/** Returns the number of removed files. Symbolic links are neither followed nor removed. */
export async function removeUnfinishedFiles(root: string, before: Date, above = ''): Promise<number> {
  const entries = await readdir(join(root, above), { withFileTypes: true }).catch(ignore('ENOENT', 'ENOTDIR'))
  let removed = 0
  for (const entry of entries ?? []) {
    const key = `${above}${entry.name}`
    if (entry.isDirectory()) removed += await removeUnfinishedFiles(root, before, `${key}/`)
    else if (
      entry.isFile() &&
      entry.name.includes(temporaryMark) &&
      (await isOlder(join(root, key), before))
    ) {
      await unlink(join(root, key)).catch(ignore('ENOENT'))
      await removeEmptyFolders(root, key)
      removed++
    }
  }
  return removed
}

async function isOlder(path: string, before: Date): Promise<boolean> {
  const facts = await lstat(path).catch(ignore('ENOENT'))
  return facts !== undefined && facts.mtime < before
}
