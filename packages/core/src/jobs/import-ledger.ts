// What an import job writes with each batch, in the batch's transaction: errors, rejects, counters, checkpoint.
import type { RecordError } from '../errors/record-error.ts'
import type { ImportBatch } from '../importer/batches.ts'
import type { JobRun } from '../importer/run.ts'
import { doBlock, literal } from '../postgres/identifier.ts'
import { fenced } from '../postgres/sqlstate.ts'
import type { Row } from '../resource/row.ts'
import type { JobRow } from './job-row.ts'

/** Messages that are stored for one job. Counts and rejects are exact beyond it. */
const storedErrors = 100_000

interface Counts {
  processed: number
  failed: number
  errors: number
  stored: number
  errorsByCode: Record<string, number>
}

/** The ledger of one attempt: it goes on from the counts that the attempts before it have committed. */
export function importLedger(job: JobRow, leaseSeconds: number): JobRun {
  let counts: Counts = {
    processed: Number(job.processed),
    failed: Number(job.failed),
    errors: Number(job.errors),
    stored: Number(job.stored_errors),
    errorsByCode: { ...job.errors_by_code },
  }
  return {
    after: Number(job.checkpoint_row),
    fence: fenceSql(job),
    record(batch) {
      const errors = batch.rows.flatMap(row => row.errors ?? [])
      const fits = errors.slice(0, Math.max(0, storedErrors - counts.stored))
      return [
        errorsSql(job, fits, counts.stored),
        rejectsSql(job, batch.rows),
        countersSql(job, added(counts, batch), batch, leaseSeconds),
      ]
        .filter(sql => sql !== '')
        .join('; ')
    },
    done(batch) {
      counts = added(counts, batch)
    },
  }
}

/**
 * Locks the job's row for the batch, and ends the batch if this worker's token is not the last one: a worker that
 * was thought dead must not write beside its successor.
 */
function fenceSql({ id, token }: JobRow): string {
  return doBlock(`
begin
  perform from lading.jobs where id = '${id}' and token = ${Number(token)} and status = 'processing' for update;
  if not found then
    raise exception using errcode = '${fenced}', message = 'fenced';
  end if;
end`)
}

function added(counts: Counts, { rows }: ImportBatch): Counts {
  const errorsByCode = { ...counts.errorsByCode }
  let failed = 0
  let errors = 0
  for (const row of rows) {
    if (row.errors === undefined) continue
    failed++
    errors += row.errors.length
    for (const { code } of row.errors) errorsByCode[code] = (errorsByCode[code] ?? 0) + 1
  }
  return {
    processed: counts.processed + rows.length,
    failed: counts.failed + failed,
    errors: counts.errors + errors,
    stored: Math.min(storedErrors, counts.stored + errors),
    errorsByCode,
  }
}

function errorsSql(job: JobRow, errors: readonly RecordError[], numberedBefore: number): string {
  if (errors.length === 0) return ''
  const rows = errors.map((error, index) => ({
    n: numberedBefore + index + 1,
    r: error.rowNumber,
    l: error.line,
    i: storable(error.recordIdentifier),
    f: error.field,
    c: error.code,
    m: storable(error.message),
    v: error.value === null ? null : storable(error.value),
  }))
  return `insert into lading.record_errors
    (job_id, number, row_number, line, record_identifier, field_name, code, message, value)
    select '${job.id}', n, r, l, i, f, c, m, v
    from json_to_recordset(${literal(JSON.stringify(rows))})
    as e(n int8, r int8, l int8, i text, f text, c text, m text, v text)`
}

function rejectsSql(job: JobRow, rows: readonly Row[]): string {
  const entries = rows.flatMap(({ source, errors }) =>
    errors === undefined
      ? []
      : [
          [
            source.rowNumber,
            source.line,
            source.offset,
            source.length,
            [...new Set(errors.map(({ code }) => code))],
          ],
        ],
  )
  if (entries.length === 0) return ''
  return `insert into lading.rejected_records (job_id, first_row, entries)
    values ('${job.id}', ${Number(entries[0]?.[0])}, ${literal(JSON.stringify(entries))}::jsonb)`
}

function countersSql(job: JobRow, counts: Counts, { end }: ImportBatch, leaseSeconds: number): string {
  const successful = counts.processed - counts.failed
  return `update lading.jobs set processed = ${counts.processed}, failed = ${counts.failed},
    successful = ${successful}, inserted = ${successful}, errors = ${counts.errors}, stored_errors = ${counts.stored},
    errors_by_code = ${literal(JSON.stringify(counts.errorsByCode))}::jsonb,
    checkpoint_byte = ${end.byte}, checkpoint_row = ${end.rowNumber}, checkpoint_line = ${end.line},
    lease_until = clock_timestamp() + make_interval(secs => ${leaseSeconds})
    where id = '${job.id}'`
}

/** Text of a hostile file as text that PostgreSQL holds. */
function storable(text: string): string {
  return text.replaceAll('\0', '\ufffd').toWellFormed()
}
