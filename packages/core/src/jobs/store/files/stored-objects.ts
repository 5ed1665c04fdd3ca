// The stored files of a job, derived from the job's row.
import { LadingError } from '../../../errors/lading-error.ts'
import type { StoredObject } from '../../../storage/storage.ts'

interface SourceRow {
  readonly source_key: string | null
  readonly source_size: string | null
  readonly source_sha256: string | null
}

interface FileRow {
  readonly file_key: string | null
  readonly file_size: string | null
  readonly file_sha256: string | null
}

/** The source of an import; undefined if it is still to be fetched, or no longer stored. */
export function sourceOf({
  source_key: key,
  source_size: size,
  source_sha256: sha256,
}: SourceRow): StoredObject | undefined {
  return storedObject(key, size, sha256)
}

/** The file of an export; undefined before it is written. */
export function exportedOf({
  file_key: key,
  file_size: size,
  file_sha256: sha256,
}: FileRow): StoredObject | undefined {
  return storedObject(key, size, sha256)
}

function storedObject(
  key: string | null,
  size: string | null,
  sha256: string | null,
): StoredObject | undefined {
  if (key === null) return undefined
  if (size === null || sha256 === null) {
    throw new LadingError('INTERNAL', 'A job names a file without its size or SHA-256.')
  }
  return { key, size: Number(size), sha256 }
}
