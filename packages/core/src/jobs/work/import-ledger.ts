// Statements that an import job adds to each batch's transaction: errors, rejects, counters, checkpoint.

import type { ImportReport } from '../../engine/import/report/report.ts'
import type { Warnings } from '../../engine/import/report/run-warnings.ts'
import type { JobRun, ResumePoint } from '../../engine/import/run-recorder.ts'
import type { ImportBatch } from '../../engine/import/stages/batches.ts'
import type { Header } from '../../engine/record/record-batch.ts'
import type { Row } from '../../engine/resource/row.ts'
import type { MergeOutcome } from '../../engine/staging/merge/batch-outcome.ts'
import type { RecordError } from '../../errors/record-error.ts'
import { literal } from '../../postgres/identifier.ts'
import type { Prefix } from '../../storage/prefix.ts'
import { batchFence } from '../store/claim/fence.ts'
import type { FirstAttempt } from '../store/claim/resume.ts'
import { ErrorCounts, pairOf } from '../store/error-counts.ts'
import type { JobRow } from '../store/job-row.ts'
import { transitionAllowedSql, transitionSql } from '../store/transitions.ts'

export interface LedgerOptions {
  /** Seconds after which a claim expires without renewal; each batch renews it. */
  readonly leaseSeconds: number
  /** Errors whose message is stored. Counts and rejects are complete beyond it. */
  readonly storedErrors: number
  /** The stored source as read by this attempt. For a compressed one, this does not show how much text was read. */
  readonly read: { readonly now: Prefix }
  /** Where this attempt starts to read. */
  readonly from: ResumePoint | undefined
  /** The state that the job records with its first batch, except for the header, which is found later. */
  readonly firstAttempt: () => Omit<FirstAttempt, 'header'>
}

interface Counts {
  readonly processed: number
  readonly failed: number
  readonly inserted: number
  readonly updated: number
  readonly ignored: number
  readonly errors: number
  readonly stored: number
  readonly errorsByCode: Readonly<Record<string, number>>
  readonly errorCounts: ErrorCounts
}

/** The ledger of one attempt. It continues from the counts that earlier attempts have committed. */
export function importLedger(job: JobRow, options: LedgerOptions): JobRun {
  let counts: Counts = {
    processed: Number(job.processed),
    failed: Number(job.failed),
    inserted: Number(job.inserted),
    updated: Number(job.updated),
    ignored: Number(job.ignored),
    errors: Number(job.errors),
    stored: Number(job.stored_errors),
    errorsByCode: job.errors_by_code,
    errorCounts: ErrorCounts.of(job.error_counts),
  }
  const plus = ({ rows }: ImportBatch, outcome: MergeOutcome): Counts => {
    const errors = rows.flatMap(row => row.errors ?? [])
    return {
      processed: counts.processed + rows.length,
      failed: counts.failed + rows.filter(row => row.errors !== undefined).length,
      inserted: counts.inserted + outcome.inserted,
      updated: counts.updated + outcome.updated,
      ignored: counts.ignored + outcome.ignored,
      errors: counts.errors + errors.length,
      stored: counts.stored + errors.slice(0, Math.max(0, options.storedErrors - counts.stored)).length,
      errorsByCode: withCodes(counts.errorsByCode, errors),
      errorCounts: counts.errorCounts.plus(errors),
    }
  }
  let header: Header | undefined
  let hasFirstAttempt = job.first_attempt !== null
  return {
    resumeFrom: options.from,
    after: Number(job.checkpoint_row),
    warnings: job.warnings,
    rejected: Number(job.failed) - Number(job.forgiven),
    earlier: {
      imported: Number(job.inserted) + Number(job.updated),
      ignored: Number(job.ignored),
      failed: Number(job.failed),
      reasons: job.error_counts,
    },
    fence: batchFence(job, options.leaseSeconds),
    record(batch, outcome, warnings) {
      const after = plus(batch, outcome)
      const errors = batch.rows.flatMap(row => row.errors ?? []).slice(0, after.stored - counts.stored)
      return [
        errorsSql(job, errors, counts),
        rejectsSql(job, batch.rows),
        countersSql(job, after, batch, options),
        (batch.notes ?? []).length === 0 ? '' : warningsSql(job, warnings),
        hasFirstAttempt ? '' : firstAttemptSql(job, { ...options.firstAttempt(), header: header ?? null }),
      ]
        .filter(sql => sql !== '')
        .join('; ')
    },
    tables: ['lading.jobs', 'lading.record_errors', 'lading.rejected_records'],
    settle: report => completeSql(job, report),
    onHeader(found) {
      header = found
    },
    onBatchCommitted(batch) {
      hasFirstAttempt = true
      counts = plus(batch, batch.outcome)
    },
  }
}

function withCodes(
  before: Readonly<Record<string, number>>,
  errors: readonly RecordError[],
): Readonly<Record<string, number>> {
  if (errors.length === 0) return before
  const byCode = { ...before }
  for (const { code } of errors) byCode[code] = (byCode[code] ?? 0) + 1
  return byCode
}

function errorsSql(job: JobRow, errors: readonly RecordError[], before: Counts): string {
  if (errors.length === 0) return ''
  const ofCode = numbering(code => before.errorCounts.matching({ code }))
  const ofField = numbering(field => before.errorCounts.matching({ field }))
  const ofBoth = numbering(pair => before.errorCounts.ofPair(pair))
  const rows = errors.map((error, index) => ({
    n: before.stored + index + 1,
    nc: ofCode(error.code),
    nf: ofField(error.field ?? ''),
    nb: ofBoth(pairOf(error.code, error.field)),
    r: error.rowNumber,
    l: error.line,
    i: storable(error.recordIdentifier),
    f: error.field,
    c: error.code,
    m: storable(error.message),
    v: error.value === null ? null : storable(error.value),
  }))
  return `insert into lading.record_errors
    (job_id, tenant, number, of_code, of_field, of_both, row_number, line, record_identifier, field_name, code, message, value)
    select '${job.id}', ${literal(job.tenant)}, n, nc, nf, nb, r, l, i, f, c, m, v
    from json_to_recordset(${literal(JSON.stringify(rows))})
    as e(n int8, nc int8, nf int8, nb int8, r int8, l int8, i text, f text, c text, m text, v text)`
}

/** Numbers the errors of each name, continuing after those of earlier batches. */
function numbering(before: (name: string) => number): (name: string) => number {
  const last = new Map<string, number>()
  return name => {
    const number = (last.get(name) ?? before(name)) + 1
    last.set(name, number)
    return number
  }
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

function countersSql(
  job: JobRow,
  counts: Counts,
  { end }: ImportBatch,
  { leaseSeconds, read }: LedgerOptions,
): string {
  const successful = counts.processed - counts.failed
  const { bytes, sha256 } = read.now
  return `update lading.jobs set processed = ${counts.processed}, failed = ${counts.failed},
    successful = ${successful}, inserted = ${counts.inserted}, updated = ${counts.updated},
    ignored = ${counts.ignored}, errors = ${counts.errors}, stored_errors = ${counts.stored},
    errors_by_code = ${literal(JSON.stringify(counts.errorsByCode))}::jsonb,
    error_counts = ${literal(JSON.stringify(counts.errorCounts.list()))}::jsonb, bytes_read = ${bytes}, read_sha256 = '${sha256}',
    checkpoint_byte = ${end.byte}, checkpoint_row = ${end.rowNumber}, checkpoint_line = ${end.line},
    checkpoint_expects = ${end.expects === undefined ? 'null' : literal(end.expects)},
    lease_until = clock_timestamp() + make_interval(secs => ${leaseSeconds})
    where id = '${job.id}'`
}

function warningsSql({ id }: JobRow, warnings: Warnings): string {
  return `update lading.jobs set warnings = ${literal(JSON.stringify(warnings.stored()))}::jsonb where id = '${id}'`
}

function firstAttemptSql({ id }: JobRow, firstAttempt: FirstAttempt): string {
  return `update lading.jobs set first_attempt = ${literal(JSON.stringify(firstAttempt))}::json where id = '${id}'`
}

/**
 * Ends a job in the transaction that inserts its whole file: after a crash right after that commit, the job is
 * completed and not imported again. The fence comes first, so this worker still holds the job.
 */
function completeSql(job: JobRow, report: ImportReport): string {
  return `update lading.jobs set ${transitionSql('complete')}, completed_at = clock_timestamp(), lease_until = null,
    processed = ${report.processed}, successful = ${report.successful}, failed = ${report.failed},
    inserted = ${report.inserted}, updated = ${report.updated}, ignored = ${report.ignored},
    warnings = ${literal(JSON.stringify(report.warnings))}::jsonb,
    not_judged = ${literal(JSON.stringify(report.notJudged))}::jsonb
    where id = '${job.id}' and token = ${Number(job.token)} and ${transitionAllowedSql('complete')}`
}

/** Makes the text of a hostile file storable in PostgreSQL. */
function storable(text: string): string {
  return text.replaceAll('\0', '\ufffd').toWellFormed()
}
