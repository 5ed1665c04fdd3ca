// Whether the file of a job can be read from this storage, or only from the one that it names.
import { elsewhere, identityOf, isElsewhere } from '../../../storage/identity.ts'
import type { Storage } from '../../../storage/storage.ts'

/** Where a file lies. */
export interface FilePlace {
  readonly key: string
  /** Identity of the storage; null where nobody wrote it down. */
  readonly storage: string | null
}

/**
 * A storage that does not say which it is may be the one: then it is asked for the file.
 *
 * @param what the file, such as `The file of this export`
 * @throws LadingError `STORAGE_ELSEWHERE`
 */
export async function assertStoredHere(
  storage: Storage,
  { key, storage: lies }: FilePlace,
  what: string,
): Promise<void> {
  const mine = await identityOf(storage)
  if (isElsewhere(lies, mine)) throw elsewhere(what, lies)
  if (lies === null || mine !== undefined) return
  if ((await storage.stat(key)) === undefined) throw elsewhere(what, lies)
}
