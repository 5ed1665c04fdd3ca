// The first phase of an import from a URL: its file → an object in the storage, which is the job's source from then on.

import type { DetectedFormat } from '../../engine/format/detect/detect.ts'
import type { ImportOptions } from '../../engine/import/import-options.ts'
import { remoteInput } from '../../engine/import/remote/remote-input.ts'
import type { RemoteAccess } from '../../engine/source/remote/remote-access.ts'
import { FileChanged, type RemoteFile, remoteSource } from '../../engine/source/remote/remote-file.ts'
import { LadingError } from '../../errors/lading-error.ts'
import type { Pool } from '../../postgres/pool/client.ts'
import { identityOf } from '../../storage/identity.ts'
import type { Storage, StoredObject } from '../../storage/storage.ts'
import {
  handOverFile,
  switchedOff,
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
  /** Undefined: nothing is fetched here. */
  readonly remote: RemoteAccess | undefined
}

type Fetched = StoredObject & DetectedFormat & Pick<ImportOptions, 'encoding'>

/** What the file says of itself, where nobody has said otherwise. */
function withFound(
  job: JobRow,
  { compression, encoding, delimiter }: Omit<Fetched, keyof StoredObject | 'format'>,
): ImportOptions {
  const asked = optionsOf(job)
  return {
    compression,
    encoding: asked.encoding ?? encoding,
    delimiter: asked.delimiter ?? delimiter,
  }
}

/**
 * Fetches the file of a claimed job, and gives the job back with it.
 *
 * @throws LadingError `URL_NOT_ALLOWED`, `SOURCE_UNAVAILABLE`, `NOT_A_DATA_FILE`, `FORMAT_UNSUPPORTED`,
 * `FILE_TOO_LARGE`, `FILE_EMPTY`, and `CANCELLED` by the signal or if the job is no longer ours; nothing is left then
 */
export async function spoolRemote(
  job: JobRow,
  { pool, storage, wake, remote }: RemoteSpoolContext,
  signal: AbortSignal,
): Promise<void> {
  const url = await urlOf(pool, job.id)
  if (url === undefined) throw new LadingError('INTERNAL', 'The job has no source.')
  if (remote === undefined) throw switchedOff()
  const place = await identityOf(storage)
  const source = remoteSource(url, remote, signal)
  const progress = writeProgress({ bytes: 0 }, ({ bytes }) => writeFetched(pool, job, bytes))
  const reading = { storage, signal, onBytes: (bytes: number) => progress.tell({ bytes }) }
  try {
    const { key, size, sha256, format, ...found } = await fetched(source, job, reading)
    // None of its writes comes behind that of the whole.
    await progress.stop()
    const settings = JSON.stringify(withFound(job, found))
    const values = [job.id, job.token, key, size, sha256, format, settings, place ?? null]
    const lane = await handOverFile(pool, values)
    if (lane !== undefined) return await wake(lane)
    await storage.delete(key)
    throw cancelled()
  } catch (error) {
    throw signal.aborted ? cancelled(error) : error
  } finally {
    await progress.stop()
    source.end()
  }
}

interface Reading {
  readonly storage: Storage
  readonly signal: AbortSignal
  /** Hears how many bytes have come so far. */
  readonly onBytes: (bytes: number) => void
}

/** What changes on the way is fetched again from its start; how often, the source knows. */
async function fetched(
  source: ReturnType<typeof remoteSource>,
  job: JobRow,
  reading: Reading,
): Promise<Fetched> {
  for (;;) {
    const file = await source.open()
    try {
      return await stored(file, job, reading)
    } catch (error) {
      if (!(error instanceof FileChanged)) throw error
    } finally {
      file.close()
    }
  }
}

async function stored(
  file: RemoteFile,
  job: JobRow,
  { storage, signal, onBytes }: Reading,
): Promise<Fetched> {
  const { maxBytes, encoding: told } = optionsOf(job)
  const asked = job.format === unknownFormat ? undefined : job.format
  const input = await remoteInput(file, { format: asked, encoding: told, maxBytes })
  const { source, start: _seen, ...found } = input
  const object = await storage.put(uploadKey(job.tenant), counted(source, onBytes), { signal, maxBytes })
  return { ...object, ...found }
}

async function* counted(
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
  return new LadingError('CANCELLED', 'The file was not fetched, because the job was cancelled meanwhile.', {
    cause,
  })
}
