// The first phase of an import from a URL: its file → an object in the storage, which becomes the job's source.

import type { DetectedFormat } from '../../engine/format/detect/detect.ts'
import type { ImportOptions } from '../../engine/import/import-options.ts'
import { remoteInput } from '../../engine/import/remote/remote-input.ts'
import type { RemoteAccess } from '../../engine/source/remote/remote-access.ts'
import { FileChangedError, type RemoteFile, remoteSource } from '../../engine/source/remote/remote-file.ts'
import { LadingError } from '../../errors/lading-error.ts'
import type { Pool } from '../../postgres/pool/checkout.ts'
import { identityOf } from '../../storage/identity.ts'
import type { Storage, StoredObject } from '../../storage/storage.ts'
import {
  attachFile,
  remoteImportsDisabled,
  unknownFormat,
  urlOf,
  writeFetched,
} from '../store/files/remote-source.ts'
import { uploadKey } from '../store/files/storage-keys.ts'
import { type JobRow, optionsOf } from '../store/job-row.ts'
import { writeProgress } from './progress-writer.ts'

export interface RemoteSpoolContext {
  readonly pool: Pool
  readonly storage: Storage
  /** Wakes the workers of a lane. */
  readonly wake: (lane: string) => Promise<void>
  /** Undefined: imports from URLs are disabled. */
  readonly remote: RemoteAccess | undefined
}

type Fetched = StoredObject & DetectedFormat & Pick<ImportOptions, 'encoding'>

/** Uses detected options of the file where the request did not set them. */
function withFound(
  job: JobRow,
  { compression, encoding, delimiter }: Omit<Fetched, keyof StoredObject | 'format'>,
): ImportOptions {
  const options = optionsOf(job)
  return {
    compression,
    encoding: options.encoding ?? encoding,
    delimiter: options.delimiter ?? delimiter,
  }
}

/**
 * Fetches the file of a claimed job, and releases the job with it. If it throws, nothing is left in the storage.
 *
 * @throws LadingError `URL_NOT_ALLOWED`, `SOURCE_UNAVAILABLE`, `NOT_A_DATA_FILE`, `FORMAT_UNSUPPORTED`,
 * `FILE_TOO_LARGE`, `FILE_EMPTY`, and `CANCELLED` by the signal or if this worker no longer holds the job
 */
export async function spoolRemote(
  job: JobRow,
  { pool, storage, wake, remote }: RemoteSpoolContext,
  signal: AbortSignal,
): Promise<void> {
  const url = await urlOf(pool, job.id)
  if (url === undefined) throw new LadingError('INTERNAL', 'The job has no source.')
  if (remote === undefined) throw remoteImportsDisabled()
  const storageId = await identityOf(storage)
  const source = remoteSource(url, remote, signal)
  const progress = writeProgress({ bytes: 0 }, ({ bytes }) => writeFetched(pool, job, bytes))
  const reading = { storage, signal, onBytes: (bytes: number) => progress.update({ bytes }) }
  try {
    const { key, size, sha256, format, ...found } = await fetchFile(source, job, reading)
    // No progress may be written after the final size.
    await progress.stop()
    const foundOptions = JSON.stringify(withFound(job, found))
    const values = [job.id, job.token, key, size, sha256, format, foundOptions, storageId ?? null]
    const lane = await attachFile(pool, values)
    if (lane !== undefined) return await wake(lane)
    await storage.delete(key)
    throw cancelled()
  } catch (error) {
    throw signal.aborted ? cancelled(error) : error
  } finally {
    await progress.stop()
    source.stop()
  }
}

interface Reading {
  readonly storage: Storage
  readonly signal: AbortSignal
  /** Called with the number of bytes received so far. */
  readonly onBytes: (bytes: number) => void
}

/** Fetches a file again from its start if it changed meanwhile; the source limits how often. */
async function fetchFile(
  source: ReturnType<typeof remoteSource>,
  job: JobRow,
  reading: Reading,
): Promise<Fetched> {
  for (;;) {
    const file = await source.open()
    try {
      return await storeFile(file, job, reading)
    } catch (error) {
      if (!(error instanceof FileChangedError)) throw error
    } finally {
      file.close()
    }
  }
}

async function storeFile(
  file: RemoteFile,
  job: JobRow,
  { storage, signal, onBytes }: Reading,
): Promise<Fetched> {
  const { maxBytes, encoding: requestedEncoding } = optionsOf(job)
  const requestedFormat = job.format === unknownFormat ? undefined : job.format
  const input = await remoteInput(file, { format: requestedFormat, encoding: requestedEncoding, maxBytes })
  const { source, start: _seen, ...found } = input
  const object = await storage.put(uploadKey(job.tenant), countBytes(source, onBytes), { signal, maxBytes })
  return { ...object, ...found }
}

async function* countBytes(
  source: AsyncGenerator<Buffer>,
  onBytes: (bytes: number) => void,
): AsyncGenerator<Buffer> {
  let bytes = 0
  for await (const chunk of source) {
    bytes += chunk.length
    onBytes(bytes)
    yield chunk
  }
}

function cancelled(cause?: unknown): LadingError {
  return new LadingError('CANCELLED', 'The job was cancelled, so its file was not fetched.', {
    cause,
  })
}
