// Records that did not get in, as a file in the format they came in, read out of the spooled source.
import type { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import type { ImporterInternals } from '../../engine/import/internals.ts'
import { type RejectsFile, rejectsFile } from '../../engine/import/report/rejects-file.ts'
import type { ResumePoint } from '../../engine/import/run-recorder.ts'
import { LadingError } from '../../errors/lading-error.ts'
import type { Storage, StoredObject } from '../../storage/storage.ts'
import { assertSize, assertWhole } from '../../storage/verified.ts'
import { readableFrom } from '../../util/readable-from.ts'
import { checkpointOf } from '../store/claim/resume.ts'
import { assertStoredHere } from '../store/files/stored-here.ts'
import { sourceOf } from '../store/files/stored-objects.ts'
import { isAllOrNothing, type JobRow, optionsOf } from '../store/job-row.ts'
import { type Entry, headerOf, recordsOf, rejectedRecords, unprocessedRecords } from './rejected-records.ts'
import { type SourceBytes, sourceBytes } from './source-bytes.ts'

export interface RejectsStreamContext {
  readonly importer: ImporterInternals
  readonly storage: Storage
}

/** Bytes of neighbours that are read together, and printed at once. A longer record is passed through. */
const windowBytes = 1024 * 1024

/** @throws LadingError `STORAGE_NOT_FOUND`, `STORAGE_ELSEWHERE`, `JOB_NOT_READY` */
export async function rejectsStream(
  job: JobRow,
  context: RejectsStreamContext,
  which: 'rejected' | 'unprocessed',
): Promise<Readable> {
  const { source_key: key, status } = job
  if (which === 'unprocessed' && (status === 'pending' || status === 'processing')) {
    throw new LadingError(
      'JOB_NOT_READY',
      `The import is ${status}; which records it does not reach is known when it has ended.`,
    )
  }
  if (key !== null) {
    await assertStoredHere(
      context.storage,
      { key, storage: job.source_storage },
      'The uploaded file of this import',
    )
  }
  const source = sourceOf(job)
  if (source === undefined || (await context.storage.stat(source.key)) === undefined) {
    throw new LadingError('STORAGE_NOT_FOUND', 'The uploaded file is no longer kept.')
  }
  await assertSize(context.storage, source)
  const ended = new AbortController()
  async function* checked(stored: StoredObject): AsyncGenerator<Buffer> {
    // Parts of it have no hash of their own; what was changed must not come back as what was sent.
    await assertWhole(context.storage, stored, ended.signal)
    yield* printed(job, stored.key, context, which, ended)
  }
  return readableFrom(checked(source), () => ended.abort())
}

async function* printed(
  job: JobRow,
  key: string,
  { importer, storage }: RejectsStreamContext,
  which: 'rejected' | 'unprocessed',
  ended: AbortController,
): AsyncGenerator<Buffer> {
  const { pool, limits } = importer
  const { signal } = ended
  const decoded = (from?: ResumePoint) => recordsOf(job, storage, { limits, signal, from })
  const kept = job.begun_with?.header ?? undefined
  const header = job.format === 'csv' ? (kept ?? (await headerOf(decoded()))) : undefined
  const file = rejectsFile({ format: job.format, header, explained: which === 'rejected' })
  const bytes = await sourceBytes(storage, key, optionsOf(job), signal)
  // Of a file that was taken back as a whole, nothing is behind us.
  const from = isAllOrNothing(job) ? undefined : checkpointOf(job)
  const batches =
    which === 'rejected' ? rejectedRecords(pool, job) : unprocessedRecords(pool, job, decoded(from))
  try {
    yield file.begin()
    for await (const entries of batches) {
      for (const near of neighbours(entries)) yield* records(file, bytes, near)
    }
    yield file.end()
  } finally {
    bytes.close()
    ended.abort()
  }
}

/** Entries in groups that lie within one window. */
function* neighbours(entries: readonly Entry[]): Generator<readonly Entry[]> {
  let near: Entry[] = []
  for (const entry of entries) {
    const start = near[0]?.offset ?? entry.offset
    if (near.length > 0 && entry.offset + entry.length - start > windowBytes) {
      yield near
      near = []
    }
    near.push(entry)
  }
  if (near.length > 0) yield near
}

async function* records(
  file: RejectsFile,
  bytes: SourceBytes,
  near: readonly Entry[],
): AsyncGenerator<Buffer> {
  const [first] = near
  const last = near.at(-1)
  if (first === undefined || last === undefined) return
  const start = first.offset
  const end = last.offset + last.length
  if (end - start > windowBytes) {
    yield file.before(first.errors)
    yield* bytes.range(start, end)
    yield file.after
    return
  }
  const text = await buffer(bytes.range(start, end))
  const parts = near.flatMap(({ offset, length, errors }) => [
    file.before(errors),
    file.own(text.subarray(offset - start, offset - start + length)),
    file.after,
  ])
  yield Buffer.concat(parts)
}
