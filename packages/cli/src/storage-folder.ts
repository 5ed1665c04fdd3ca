// The folder in which a server keeps its files, which a command that touches jobs has to share.
import { usageError } from './exit.ts'

/** @throws CommandError if it is named nowhere */
export function storageFolder(option: string | undefined): string {
  const fromEnvironment = process.env.STORAGE_PATH
  const folder = option ?? (fromEnvironment === '' ? undefined : fromEnvironment)
  if (folder !== undefined) return folder
  throw usageError(
    'No storage is named: pass --storage FOLDER, or set STORAGE_PATH, to the folder in which the server keeps its files.',
  )
}
