// Writes the rejected records of a run to a stream of the caller, batch by batch, with backpressure.
import type { Writable } from 'node:stream'
import { LadingError } from '../../../errors/lading-error.ts'
import type { Format } from '../../format/format.ts'
import type { Header, RecordBatch } from '../../record/record-batch.ts'
import type { SourceRecord } from '../../record/source-record.ts'
import type { ImportBatch } from '../stages/batches.ts'
import { type RejectsFile, rejectsFile } from './rejects-file.ts'

export interface RejectsWriter {
  /** Passes records on, and stores what the rejects file needs of them. */
  watch(records: AsyncIterable<RecordBatch>): AsyncIterable<RecordBatch>
  /** Writes the rejected records of a batch. @throws LadingError `HOOK_FAILED` if the stream breaks */
  write(batch: Pick<ImportBatch, 'rows'>): Promise<void>
  /** Completes the file and ends the stream. A second call does nothing. @throws LadingError `HOOK_FAILED` */
  close(): Promise<void>
}

/**
 * Writes what the decoder keeps of a record: a line that was too long to read is missing. A job instead reads the
 * record's bytes again from its stored source.
 *
 * @param format undefined for objects, which are written as NDJSON
 * @param signal ends the wait for a stream that accepts no more data
 */
export function rejectsWriter(
  stream: Writable,
  format: Format | undefined,
  signal: AbortSignal | undefined,
): RejectsWriter {
  let header: Header | undefined
  let file: RejectsFile | undefined
  let isClosed = false
  // The failed write reports the error.
  stream.on('error', () => undefined)

  const startFile = (): { file: RejectsFile; start: Buffer[] } => {
    if (file !== undefined) return { file, start: [] }
    file = rejectsFile({ format: format?.name ?? 'ndjson', header, withErrors: true })
    return { file, start: [file.begin()] }
  }
  return {
    async *watch(records) {
      for await (const batch of records) {
        header = batch.header ?? header
        yield format === undefined ? { ...batch, records: batch.records.map(withText) } : batch
      }
    },
    async write({ rows }) {
      const rejected = rows.filter(row => row.errors !== undefined && row.source.raw !== '')
      if (rejected.length === 0) return
      const { file, start } = startFile()
      const parts = rejected.flatMap(({ source, errors = [] }) => [
        file.before(errors),
        file.own(bytesOf(source)),
        file.after,
      ])
      await writeBytes(stream, Buffer.concat([...start, ...parts]), signal)
    },
    async close() {
      if (isClosed) return
      isClosed = true
      const { file, start } = startFile()
      await writeBytes(stream, Buffer.concat([...start, file.end()]), signal)
      await awaitCallback(done => stream.end(done), signal)
    },
  }
}

function bytesOf({ raw, problem }: SourceRecord): Buffer {
  // A record with an invalid encoding is kept byte by byte.
  return Buffer.from(raw, problem?.code === 'INVALID_ENCODING' ? 'latin1' : 'utf8')
}

function withText(record: SourceRecord): SourceRecord {
  const { content } = record
  if (content === undefined) return record
  const text = JSON.stringify(content, (_key, value) => (typeof value === 'bigint' ? String(value) : value))
  return { ...record, raw: text }
}

function writeBytes(stream: Writable, bytes: Buffer, signal: AbortSignal | undefined): Promise<void> {
  return awaitCallback(done => stream.write(bytes, done), signal)
}

/** Waits for a write or for the end. The end can fail too: the last write may not be on the disk yet. */
function awaitCallback(
  work: (done: (error?: Error | null) => void) => void,
  signal: AbortSignal | undefined,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const onAbort = () => reject(signal?.reason)
    if (signal?.aborted === true) onAbort()
    signal?.addEventListener('abort', onAbort, { once: true })
    work(error => {
      signal?.removeEventListener('abort', onAbort)
      if (error)
        reject(
          new LadingError('HOOK_FAILED', 'Writing to the stream for rejected records failed.', {
            cause: error,
          }),
        )
      else resolve()
    })
  })
}
