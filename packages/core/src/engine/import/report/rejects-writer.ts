// The rejected records of a run → a stream of the caller, batch by batch, no faster than it takes them.
import type { Writable } from 'node:stream'
import { LadingError } from '../../../errors/lading-error.ts'
import type { Format } from '../../format/format.ts'
import type { Header, RecordBatch } from '../../record/record-batch.ts'
import type { SourceRecord } from '../../record/source-record.ts'
import type { ImportBatch } from '../stages/batches.ts'
import { type RejectsFile, rejectsFile } from './rejects-file.ts'

export interface RejectsSink {
  /** Passes records on, and keeps what the file of rejects needs of them. */
  watch(records: AsyncIterable<RecordBatch>): AsyncIterable<RecordBatch>
  /** Writes the rejected records of a batch. @throws LadingError `HOOK_FAILED` if the stream breaks */
  write(batch: Pick<ImportBatch, 'rows'>): Promise<void>
  /** Completes the file and ends the stream. Twice: does nothing. @throws LadingError `HOOK_FAILED` */
  close(): Promise<void>
}

/**
 * Unlike a job, which reads a record's bytes again where they are stored, a run has what the decoder keeps: a line
 * that was too long to be read is not given back.
 *
 * @param signal ends the waiting for a stream that takes nothing more
 * @param format undefined for objects, which are given back as NDJSON
 */
export function rejectsSink(
  stream: Writable,
  format: Format | undefined,
  signal: AbortSignal | undefined,
): RejectsSink {
  let header: Header | undefined
  let file: RejectsFile | undefined
  let isClosed = false
  // Whatever breaks it is told by the write that fails.
  stream.on('error', () => undefined)

  const begun = (): { file: RejectsFile; start: Buffer[] } => {
    if (file !== undefined) return { file, start: [] }
    file = rejectsFile({ format: format?.name ?? 'ndjson', header, explained: true })
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
      const { file, start } = begun()
      const parts = rejected.flatMap(({ source, errors = [] }) => [
        file.before(errors),
        file.own(bytesOf(source)),
        file.after,
      ])
      await written(stream, Buffer.concat([...start, ...parts]), signal)
    },
    async close() {
      if (isClosed) return
      isClosed = true
      const { file, start } = begun()
      await written(stream, Buffer.concat([...start, file.end()]), signal)
      await told(done => stream.end(done), signal)
    },
  }
}

function bytesOf({ raw, problem }: SourceRecord): Buffer {
  // Such a record is kept byte by byte, since it is no text.
  return Buffer.from(raw, problem?.code === 'INVALID_ENCODING' ? 'latin1' : 'utf8')
}

function withText(record: SourceRecord): SourceRecord {
  const { content } = record
  if (content === undefined) return record
  const text = JSON.stringify(content, (_key, value) => (typeof value === 'bigint' ? String(value) : value))
  return { ...record, raw: text }
}

function written(stream: Writable, bytes: Buffer, signal: AbortSignal | undefined): Promise<void> {
  return told(done => stream.write(bytes, done), signal)
}

/** Also the end can fail: what was written last may not be on the disk yet. */
function told(
  work: (done: (error?: Error | null) => void) => void,
  signal: AbortSignal | undefined,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const giveUp = () => reject(signal?.reason)
    if (signal?.aborted === true) giveUp()
    signal?.addEventListener('abort', giveUp, { once: true })
    work(error => {
      signal?.removeEventListener('abort', giveUp)
      if (error)
        reject(new LadingError('HOOK_FAILED', 'The stream for rejected records broke.', { cause: error }))
      else resolve()
    })
  })
}
