// Checks whether the file of a job can be read from this storage, or only from the one it names.
import { identityOf, isElsewhere, storageElsewhere } from '../../../storage/identity.ts'
import type { Storage } from '../../../storage/storage.ts'

/** The location of a file. */
export interface FileLocation {
  readonly key: string
  /** Identity of the storage; null if it was not recorded. */
  readonly storage: string | null
}

/**
 * If this storage has no identity, it may still be the right one: then the file is looked up.
 *
 * @param what the file, such as `The file of this export`
 * @throws LadingError `STORAGE_ELSEWHERE`
 */
export async function assertStoredHere(
  storage: Storage,
  { key, storage: fileStorage }: FileLocation,
  what: string,
): Promise<void> {
  const ownStorage = await identityOf(storage)
  if (isElsewhere(fileStorage, ownStorage)) throw storageElsewhere(what, fileStorage)
  if (fileStorage === null || ownStorage !== undefined) return
  if ((await storage.stat(key)) === undefined) throw storageElsewhere(what, fileStorage)
}
