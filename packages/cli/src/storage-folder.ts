// The folder in which a server keeps its files; commands that work on jobs must use the same one.
import { usageError } from './exit.ts'
import type { CommandIo } from './io.ts'

/** @throws CommandError if neither the option nor STORAGE_PATH is set */
export function storageFolder(option: string | undefined, { env }: CommandIo): string {
  const fromEnvironment = env.STORAGE_PATH
  const folder = option ?? (fromEnvironment === '' ? undefined : fromEnvironment)
  if (folder !== undefined) return folder
  throw usageError(
    'No storage was given: pass --storage FOLDER, or set STORAGE_PATH, to the folder in which the server keeps its files.',
  )
}
