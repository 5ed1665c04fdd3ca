// Streams the records that were not imported as a file in their original format, read from the spooled source.
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
import {
  headerOf,
  type RejectedEntry,
  recordsOf,
  rejectedRecords,
  unprocessedRecords,
} from './rejected-records.ts'
import { type SourceBytes, sourceBytes } from './source-bytes.ts'

export interface RejectsStreamContext {
  readonly importer: ImporterInternals
  readonly storage: Storage
}

/** Bytes of adjacent records that are read and written together. A longer record is streamed. */
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
      `The import is ${status}; the records it does not reach are known once it has ended.`,
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
    throw new LadingError(
      'STORAGE_NOT_FOUND',
      'The uploaded file is no longer stored, so its records cannot be returned.',
    )
  }
  await assertSize(context.storage, source)
  const abort = new AbortController()
  async function* verifiedRecords(stored: StoredObject): AsyncGenerator<Buffer> {
    // The whole file is verified first, because its parts have no hash: altered records must not be returned as sent.
    await assertWhole(context.storage, stored, abort.signal)
    yield* printRecords(job, stored.key, context, which, abort)
  }
  return readableFrom(verifiedRecords(source), () => abort.abort())
}

async function* printRecords(
  job: JobRow,
  key: string,
  { importer, storage }: RejectsStreamContext,
  which: 'rejected' | 'unprocessed',
  abort: AbortController,
): AsyncGenerator<Buffer> {
  const { pool, limits } = importer
  const { signal } = abort
  const decoded = (from?: ResumePoint) => recordsOf(job, storage, { limits, signal, from })
  const storedHeader = job.first_attempt?.header ?? undefined
  const header = job.format === 'csv' ? (storedHeader ?? (await headerOf(decoded()))) : undefined
  const file = rejectsFile({ format: job.format, header, withErrors: which === 'rejected' })
  const bytes = await sourceBytes(storage, key, optionsOf(job), signal)
  // If the whole file was rolled back, start at the beginning.
  const from = isAllOrNothing(job) ? undefined : checkpointOf(job)
  const batches =
    which === 'rejected' ? rejectedRecords(pool, job) : unprocessedRecords(pool, job, decoded(from))
  try {
    yield file.begin()
    for await (const entries of batches) {
      for (const group of groupByWindow(entries)) yield* records(file, bytes, group)
    }
    yield file.end()
  } finally {
    bytes.close()
    abort.abort()
  }
}

/** Groups entries that fit into one window. */
function* groupByWindow(entries: readonly RejectedEntry[]): Generator<readonly RejectedEntry[]> {
  let group: RejectedEntry[] = []
  for (const entry of entries) {
    const start = group[0]?.offset ?? entry.offset
    if (group.length > 0 && entry.offset + entry.length - start > windowBytes) {
      yield group
      group = []
    }
    group.push(entry)
  }
  if (group.length > 0) yield group
}

async function* records(
  file: RejectsFile,
  bytes: SourceBytes,
  group: readonly RejectedEntry[],
): AsyncGenerator<Buffer> {
  const [first] = group
  const last = group.at(-1)
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
  const parts = group.flatMap(({ offset, length, errors }) => [
    file.before(errors),
    file.own(text.subarray(offset - start, offset - start + length)),
    file.after,
  ])
  yield Buffer.concat(parts)
}
