// The files in a storage folder, except the file with the storage id.
import type { Dirent } from 'node:fs'
import { readdir } from 'node:fs/promises'

/** Every entry that is not a folder, including unfinished files. */
export async function storedFiles(folder: string): Promise<Dirent[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  return entries.filter(entry => !entry.isDirectory() && entry.name !== '.lading-storage-id')
}
