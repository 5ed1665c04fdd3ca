// Lists the files of a folder as stored objects: sorted by key, without unfinished and foreign files.
import type { Dirent } from 'node:fs'
import { lstat, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { isKey } from '../object-key.ts'
import type { ObjectFacts } from '../storage.ts'
import { ignore } from './folder.ts'

/** Visits only folders that can hold keys with this prefix. Symbolic links are skipped. */
export async function* listFiles(root: string, prefix: string, above = ''): AsyncGenerator<ObjectFacts> {
  const entries = await readdir(join(root, above), { withFileTypes: true }).catch(ignore('ENOENT', 'ENOTDIR'))
  for (const { entry, key } of inOrderOfKeys(entries ?? [], above)) {
    if (entry.isDirectory()) {
      if (key.startsWith(prefix) || prefix.startsWith(key)) yield* listFiles(root, prefix, key)
    } else if (entry.isFile() && key.startsWith(prefix) && isKey(key)) {
      const facts = await lstat(join(root, key)).catch(ignore('ENOENT'))
      if (facts !== undefined) yield { key, size: facts.size, modifiedAt: facts.mtime }
    }
  }
}

/** A folder sorts as its keys do, with the `/`: `a.csv` comes before `a/b`, although `a` alone would come first. */
function inOrderOfKeys(entries: readonly Dirent[], above: string): { entry: Dirent; key: string }[] {
  return entries
    .map(entry => ({ entry, key: `${above}${entry.name}${entry.isDirectory() ? '/' : ''}` }))
    .sort((a, b) => (a.key < b.key ? -1 : 1))
}
