// What lies in the folder of a storage, beside the file that says which storage it is.
import type { Dirent } from 'node:fs'
import { readdir } from 'node:fs/promises'

/** Files and whatever else is no folder, also those that are unfinished. */
export async function storedFiles(folder: string): Promise<Dirent[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  return entries.filter(entry => !entry.isDirectory() && entry.name !== '.lading-storage-id')
}
