// The stored file of a job → whether it still matches what was stored.
import { LadingError } from '../../../errors/lading-error.ts'
import { identityOf, isElsewhere } from '../../../storage/identity.ts'
import type { Storage, StoredObject } from '../../../storage/storage.ts'
import { openVerified } from '../../../storage/verified.ts'
import type { JobKind } from '../job.ts'
import type { JobRow } from '../job-row.ts'
import { exportedOf, sourceOf } from './stored-objects.ts'

/**
 * - `whole`: its size and SHA-256 are those that were stored.
 * - `corrupt`: its size or SHA-256 differs.
 * - `missing`: it is not in the storage.
 * - `elsewhere`: it is in the storage of another server, and was not read.
 */
export type FileState = 'whole' | 'corrupt' | 'missing' | 'elsewhere'

export interface VerifiedFile {
  readonly jobId: string
  /** The source of an import, or the file of an export. */
  readonly what: 'source' | 'export'
  readonly resource: string
  readonly key: string
  /** Bytes, as it was stored. */
  readonly size: number
  /** As it was stored: 64 hexadecimal digits. */
  readonly sha256: string
  readonly state: FileState
  /** One sentence for the reader. */
  readonly detail: string
}

export interface StoredFile {
  readonly job: Pick<JobRow, 'id' | 'kind' | 'resource'>
  readonly stored: StoredObject
  /** Identity of its storage; null if it was not recorded. */
  readonly storageId: string | null
}

/** The stored file of a job; undefined if it was not fetched or written yet, or is no longer stored. */
export function storedFileOf(job: JobRow): StoredFile | undefined {
  const stored = job.kind === 'import' ? sourceOf(job) : exportedOf(job)
  return stored && { job, stored, storageId: job.kind === 'import' ? job.source_storage : job.file_storage }
}

/**
 * Reads a stored file to its end and compares it. Changes nothing; twice, reads it twice.
 *
 * @param pace awaited after each chunk, with its bytes
 * @throws LadingError if the storage cannot be read
 */
export async function verifyFile(
  storage: Storage,
  { job, stored, storageId: fileStorage }: StoredFile,
  pace: (bytes: number) => Promise<void> = async () => undefined,
): Promise<VerifiedFile> {
  const { id: jobId, kind, resource } = job
  const what = whatOf(kind)
  const verdict = (state: FileState, detail: string): VerifiedFile => ({
    jobId,
    what,
    resource,
    ...stored,
    state,
    detail,
  })
  if (isElsewhere(fileStorage, await identityOf(storage))) {
    return verdict(
      'elsewhere',
      `The ${what} file is in the storage ${fileStorage}; verify it on a server that uses that storage.`,
    )
  }
  try {
    for await (const chunk of await openVerified(storage, stored)) await pace(chunk.length)
    return verdict('whole', `The ${what} file has the ${stored.size} bytes that were stored.`)
  } catch (error) {
    if (!(error instanceof LadingError)) throw error
    if (error.code === 'STORAGE_CORRUPT') return verdict('corrupt', error.message)
    if (error.code === 'STORAGE_NOT_FOUND') {
      return verdict(
        'missing',
        `The ${what} file "${stored.key}" is not in the storage; send it again, or export again.`,
      )
    }
    throw error
  }
}

function whatOf(kind: JobKind): VerifiedFile['what'] {
  return kind === 'import' ? 'source' : 'export'
}
