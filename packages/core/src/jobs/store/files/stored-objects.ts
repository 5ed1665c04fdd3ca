// The files of a job as they were stored, told from the job's row.
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

/** What an import reads; undefined where the file is still to be fetched, or no longer kept. */
export function sourceOf({
  source_key: key,
  source_size: size,
  source_sha256: sha256,
}: SourceRow): StoredObject | undefined {
  return storedObject(key, size, sha256)
}

/** What an export has written; undefined before that. */
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
    throw new LadingError('INTERNAL', 'A job names a file and not what is in it.')
  }
  return { key, size: Number(size), sha256 }
}
