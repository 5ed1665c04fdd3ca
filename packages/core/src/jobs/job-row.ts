// A row of lading.jobs ↔ a job as its owner sees it.
import type { ImportWarning } from '../importer/report.ts'
import type { ImportSettings } from '../importer/settings.ts'
import type { ErrorCount } from './error-counts.ts'
import type { Job, JobFile, JobKind, JobStatus, JobWarning } from './job.ts'
import type { Checkpoint } from './resume.ts'

/** What a claim returns and `toJob` reads; 64-bit numbers come from the driver as text. */
export interface JobRow extends Checkpoint {
  readonly id: string
  readonly number: string
  readonly kind: JobKind
  readonly status: JobStatus
  readonly resource: string
  readonly format: string
  readonly options: Readonly<Record<string, unknown>>
  readonly source_key: string | null
  readonly source_size: string | null
  readonly token: string
  readonly attempts: number
  readonly processed: string
  readonly successful: string
  readonly failed: string
  readonly inserted: string
  readonly updated: string
  readonly ignored: string
  readonly errors: string
  readonly stored_errors: string
  readonly errors_by_code: Readonly<Record<string, number>>
  readonly error_counts: readonly ErrorCount[]
  readonly unprocessed: string | null
  readonly not_judged: readonly string[]
  /** Of the stored source, which may be compressed. */
  readonly bytes_read: string
  readonly warnings: readonly ImportWarning[]
  readonly file_key: string | null
  readonly file_size: string | null
  readonly file_sha256: string | null
  readonly file_rows: string | null
  readonly expires_at: Date | null
  readonly error_code: string | null
  readonly error_message: string | null
  readonly created_at: Date
  readonly started_at: Date | null
  readonly completed_at: Date | null
  /** Seconds since the start by the database's clock, up to the end. */
  readonly seconds: number | null
}

/** The select list that a `JobRow` needs. */
export const jobColumns =
  '*, extract(epoch from coalesce(completed_at, clock_timestamp()) - started_at)::float8 as seconds'

/** What an import was asked to do, frozen when it was submitted. */
export function settingsOf(row: JobRow): ImportSettings & { readonly maxBytes?: number } {
  // `submitImport` writes nothing else for an import.
  return row.kind === 'import' ? (row.options as ImportSettings & { maxBytes?: number }) : {}
}

/** Whether its file gets in as a whole or not at all; a dry run puts nothing in that could be taken back. */
export function isAllOrNothing(row: JobRow): boolean {
  const { atomic = false, dryRun = false } = settingsOf(row)
  return atomic && !dryRun
}

export function toJob(row: JobRow): Job {
  const processed = Number(row.processed)
  const unprocessed = row.unprocessed === null ? null : Number(row.unprocessed)
  const isEnded = row.status !== 'pending' && row.status !== 'processing'
  return {
    id: row.id,
    kind: row.kind,
    status: row.status,
    resource: row.resource,
    format: row.format,
    settings: settingsOf(row),
    progress: {
      totalRecords:
        row.status === 'completed' || unprocessed !== null ? processed + (unprocessed ?? 0) : null,
      processedRecords: processed,
      successfulRecords: Number(row.successful),
      failedRecords: Number(row.failed),
      insertedRecords: Number(row.inserted),
      updatedRecords: Number(row.updated),
      ignoredRecords: Number(row.ignored),
      unprocessedRecords: unprocessed,
      percentage: percentage(row),
    },
    createdAt: row.created_at,
    startedAt: row.started_at,
    completedAt: isEnded ? row.completed_at : null,
    durationSeconds: row.seconds,
    rowsPerSecond: row.seconds === null || row.seconds === 0 ? null : Math.round(processed / row.seconds),
    warnings: [...row.warnings, ...cappedWarning(row)],
    notJudged: row.not_judged,
    errorsByCode: row.errors_by_code,
    errorCode: row.error_code,
    errorMessage: row.error_message,
    file: toFile(row),
  }
}

function percentage(row: JobRow): number | null {
  if (row.status === 'completed') return 100
  const size = Number(row.source_size ?? 0)
  if (size === 0) return row.status === 'pending' ? 0 : null
  return Math.min(100, Math.floor((100 * Number(row.bytes_read)) / size))
}

function cappedWarning(row: JobRow): JobWarning[] {
  const [all, stored] = [Number(row.errors), Number(row.stored_errors)]
  if (all <= stored) return []
  const detail = `Only the first ${stored} of ${all} record errors are listed; the counts and the rejected records are complete`
  return [{ code: 'ERRORS_CAPPED', detail }]
}

function toFile(row: JobRow): JobFile | null {
  const { file_key: key, file_sha256: sha256, expires_at: expiresAt } = row
  if (key === null || sha256 === null || expiresAt === null) return null
  return { key, sha256, expiresAt, size: Number(row.file_size), rows: Number(row.file_rows) }
}
