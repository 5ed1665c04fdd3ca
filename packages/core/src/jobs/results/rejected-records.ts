// Locates the records of a file that were not imported: the rejected ones, and those that were not reached.
import { formatByName } from '../../engine/format/formats.ts'
import { decode } from '../../engine/import/import-pipeline.ts'
import type { Limits } from '../../engine/import/importer-options.ts'
import type { RejectReason } from '../../engine/import/report/rejects-file.ts'
import type { ResumePoint } from '../../engine/import/run-recorder.ts'
import type { Header, RecordBatch } from '../../engine/record/record-batch.ts'
import { closeSource } from '../../engine/source/chunks.ts'
import { type Pool, withClient } from '../../postgres/pool/checkout.ts'
import type { Storage } from '../../storage/storage.ts'
import { openVerified } from '../../storage/verified.ts'
import { sourceOf } from '../store/files/stored-objects.ts'
import { isAllOrNothing, type JobRow, optionsOf } from '../store/job-row.ts'
import { errorsAfter } from './record-errors.ts'

/** A record's position in the decoded text, and why it was rejected. */
export interface RejectedEntry {
  readonly offset: number
  readonly length: number
  readonly errors: readonly RejectReason[]
}

/** As the ledger writes it: row number, line, byte offset, byte length, codes. */
type StoredEntry = readonly [number, number, number, number, readonly string[]]

/** Yields rejected records in the order of the file, one batch at a time: a job can have a million. */
export async function* rejectedRecords(pool: Pool, job: JobRow): AsyncGenerator<readonly RejectedEntry[]> {
  const messages = new StoredMessages(pool, job)
  for await (const batch of storedEntries(pool, job)) {
    const errorsByRow = await messages.upTo(Number(batch.at(-1)?.[0]))
    yield batch.map(([row, , offset, length, codes]) => ({
      offset,
      length,
      // If the errors are not stored, the codes still are.
      errors: errorsByRow.get(row) ?? codes.map(code => ({ code })),
    }))
  }
}

/**
 * Yields the records that the job did not reach. For a failed atomic import, these are all that were not rejected,
 * since none of them is in the table. Records after a point where the file cannot be read are not included.
 */
export async function* unprocessedRecords(
  pool: Pool,
  job: JobRow,
  records: AsyncIterable<RecordBatch>,
): AsyncGenerator<readonly RejectedEntry[]> {
  if (job.status === 'completed') return
  const isRolledBack = isAllOrNothing(job)
  const rejected = rejectedRows(pool, job)
  let next = isRolledBack ? await rejected.next() : undefined
  for await (const batch of records) {
    const entries: RejectedEntry[] = []
    for (const { rowNumber, offset, length } of batch.records) {
      while (next !== undefined && !next.done && next.value < rowNumber) next = await rejected.next()
      const isReached = isRolledBack ? next?.value === rowNumber : rowNumber <= Number(job.checkpoint_row)
      if (!isReached) entries.push({ offset, length, errors: [] })
    }
    if (entries.length > 0) yield entries
  }
}

/**
 * Decodes the records of the spooled source in the same way as the job. @param from where to resume; else from the
 * start
 */
export async function* recordsOf(
  job: JobRow,
  storage: Storage,
  { limits, signal, from }: { limits: Limits; signal: AbortSignal; from?: ResumePoint | undefined },
): AsyncGenerator<RecordBatch> {
  const stored = sourceOf(job)
  if (stored === undefined) return
  const source = await openVerified(storage, stored, {
    start: from?.isPlain === true ? from.position.byte : 0,
  })
  try {
    yield* decode(source, formatByName(job.format), {
      limits,
      fileOptions: optionsOf(job),
      signal,
      resumeFrom: from,
    })
  } finally {
    closeSource(source)
  }
}

/** Returns the header of a CSV file; undefined if there is none to read. */
export async function headerOf(records: AsyncIterable<RecordBatch>): Promise<Header | undefined> {
  for await (const { header, fault } of records)
    if (header !== undefined || fault !== undefined) return header
  return undefined
}

async function* rejectedRows(pool: Pool, job: JobRow): AsyncGenerator<number> {
  for await (const batch of storedEntries(pool, job)) for (const [row] of batch) yield row
}

async function* storedEntries(pool: Pool, { id }: JobRow): AsyncGenerator<readonly StoredEntry[]> {
  for (let after = -1; ; ) {
    const { rows } = await withClient(pool, client => client.query(nextSql, [id, after]))
    const [row] = rows
    if (row === undefined) return
    after = Number(row.first_row)
    // The ledger writes exactly this shape.
    yield row.entries as readonly StoredEntry[]
  }
}

const nextSql = `
select first_row, entries from lading.rejected_records
where job_id = $1 and first_row > $2 order by first_row limit 1`

/** Reads the stored errors of a job in the order of the file. */
class StoredMessages {
  private pending: Awaited<ReturnType<typeof errorsAfter>> = []
  private position = 0

  constructor(
    private readonly pool: Pool,
    private readonly job: JobRow,
  ) {}

  /** Returns the errors of the rows after the previous call, up to `row`. */
  async upTo(row: number): Promise<ReadonlyMap<number, readonly RejectReason[]>> {
    const byRow = new Map<number, RejectReason[]>()
    for (;;) {
      const beyond = this.pending.findIndex(({ rowNumber }) => rowNumber > row)
      const taken = beyond === -1 ? this.pending : this.pending.slice(0, beyond)
      for (const { rowNumber, code, message } of taken) {
        const rowErrors = byRow.get(rowNumber) ?? []
        rowErrors.push({ code, message })
        byRow.set(rowNumber, rowErrors)
      }
      this.pending = this.pending.slice(taken.length)
      if (beyond !== -1) return byRow
      this.pending = await errorsAfter(this.pool, this.job, this.position)
      this.position = Number(this.pending.at(-1)?.number ?? this.position)
      if (this.pending.length === 0) return byRow
    }
  }
}
