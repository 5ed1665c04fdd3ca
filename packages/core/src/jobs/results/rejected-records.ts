// Where the records that did not get in stand in their file: those that were rejected, and those that were not reached.
import { formatNamed } from '../../engine/format/formats.ts'
import { decode } from '../../engine/import/import-pipeline.ts'
import type { Limits } from '../../engine/import/importer-options.ts'
import type { Explained } from '../../engine/import/report/rejects-file.ts'
import type { ResumePoint } from '../../engine/import/run-recorder.ts'
import type { Header, RecordBatch } from '../../engine/record/record-batch.ts'
import { closeSource } from '../../engine/source/chunks.ts'
import { type Pool, withClient } from '../../postgres/pool/client.ts'
import type { Storage } from '../../storage/storage.ts'
import { openVerified } from '../../storage/verified.ts'
import { sourceOf } from '../store/files/stored-objects.ts'
import { isAllOrNothing, type JobRow, optionsOf } from '../store/job-row.ts'
import { errorsAfter } from './record-errors.ts'

/** A record's place in the decoded text, and why it stayed out. */
export interface Entry {
  readonly offset: number
  readonly length: number
  readonly errors: readonly Explained[]
}

/** As the ledger writes it: row number, line, byte offset, byte length, codes. */
type Stored = readonly [number, number, number, number, readonly string[]]

/** Rejected records in the order of the file, a batch at a time: a job can have a million. */
export async function* rejectedRecords(pool: Pool, job: JobRow): AsyncGenerator<readonly Entry[]> {
  const sentences = new Sentences(pool, job)
  for await (const batch of storedEntries(pool, job)) {
    const told = await sentences.upTo(Number(batch.at(-1)?.[0]))
    yield batch.map(([row, , offset, length, codes]) => ({
      offset,
      length,
      // Of errors that are no longer stored, the codes are.
      errors: told.get(row) ?? codes.map(code => ({ code })),
    }))
  }
}

/**
 * Records that the job never came to. Of an atomic import that failed, all that were not rejected: none of them is
 * in the table. What stands behind a place where the file cannot be read is not among them.
 */
export async function* unprocessedRecords(
  pool: Pool,
  job: JobRow,
  records: AsyncIterable<RecordBatch>,
): AsyncGenerator<readonly Entry[]> {
  if (job.status === 'completed') return
  const isTakenBack = isAllOrNothing(job)
  const rejected = rejectedRows(pool, job)
  let next = isTakenBack ? await rejected.next() : undefined
  for await (const batch of records) {
    const entries: Entry[] = []
    for (const { rowNumber, offset, length } of batch.records) {
      while (next !== undefined && !next.done && next.value < rowNumber) next = await rejected.next()
      const isReached = isTakenBack ? next?.value === rowNumber : rowNumber <= Number(job.checkpoint_row)
      if (!isReached) entries.push({ offset, length, errors: [] })
    }
    if (entries.length > 0) yield entries
  }
}

/** The records of the spooled source, decoded again as the job decodes them. @param from where to begin, if not at the start */
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
    yield* decode(source, formatNamed(job.format), { limits, settings: optionsOf(job), signal, from })
  } finally {
    closeSource(source)
  }
}

/** The header of a CSV file; undefined where there is none to be read. */
export async function headerOf(records: AsyncIterable<RecordBatch>): Promise<Header | undefined> {
  for await (const { header, fault } of records)
    if (header !== undefined || fault !== undefined) return header
  return undefined
}

async function* rejectedRows(pool: Pool, job: JobRow): AsyncGenerator<number> {
  for await (const batch of storedEntries(pool, job)) for (const [row] of batch) yield row
}

async function* storedEntries(pool: Pool, { id }: JobRow): AsyncGenerator<readonly Stored[]> {
  for (let after = -1; ; ) {
    const { rows } = await withClient(pool, client => client.query(nextSql, [id, after]))
    const [row] = rows
    if (row === undefined) return
    after = Number(row.first_row)
    // The ledger writes exactly this shape.
    yield row.entries as readonly Stored[]
  }
}

const nextSql = `
select first_row, entries from lading.rejected_records
where job_id = $1 and first_row > $2 order by first_row limit 1`

/** The stored errors of a job, taken in the order of the file. */
class Sentences {
  private waiting: Awaited<ReturnType<typeof errorsAfter>> = []
  private place = 0

  constructor(
    private readonly pool: Pool,
    private readonly job: JobRow,
  ) {}

  /** Those of the rows that were not asked for yet, up to `row`. */
  async upTo(row: number): Promise<ReadonlyMap<number, readonly Explained[]>> {
    const byRow = new Map<number, Explained[]>()
    for (;;) {
      const beyond = this.waiting.findIndex(({ rowNumber }) => rowNumber > row)
      const taken = beyond === -1 ? this.waiting : this.waiting.slice(0, beyond)
      for (const { rowNumber, code, message } of taken) {
        const told = byRow.get(rowNumber) ?? []
        told.push({ code, message })
        byRow.set(rowNumber, told)
      }
      this.waiting = this.waiting.slice(taken.length)
      if (beyond !== -1) return byRow
      this.waiting = await errorsAfter(this.pool, this.job, this.place)
      this.place = Number(this.waiting.at(-1)?.number ?? this.place)
      if (this.waiting.length === 0) return byRow
    }
  }
}
