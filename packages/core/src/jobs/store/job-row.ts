// A row of lading.jobs ↔ a job as its owner sees it.

import type { ImportOptions } from '../../engine/import/import-options.ts'
import { type StoredWarning, shownWarnings } from '../../engine/import/report/run-warnings.ts'
import type { Caller } from '../../engine/resource/definition.ts'
import type { FaultCode } from '../../errors/codes.ts'
import type { Checkpoint } from './claim/resume.ts'
import type { ErrorCount } from './error-counts.ts'
import { fileNameOf, resourcesOf } from './files/export-file.ts'
import { isUnserved } from './files/served-storages.ts'
import type { Job, JobFile, JobKind, JobOutage, JobStatus, JobWarning } from './job.ts'
import { progressNumberSql } from './progress-sql.ts'
import { isEnded } from './transitions.ts'

/** The row that a claim returns and `toJob` reads. The driver returns 64-bit numbers as text. */
export interface JobRow extends Checkpoint {
  readonly id: string
  readonly kind: JobKind
  readonly status: JobStatus
  readonly resource: string
  /** `unknown` for a file that is still to be fetched, if only the file can show it. */
  readonly format: string
  /** null in a job of an earlier version. */
  readonly submitted_format: string | null
  /** The caller's tenant; `''` if it has none. */
  readonly tenant: string
  readonly principal: string | null
  readonly options: Readonly<Record<string, unknown>>
  readonly source_key: string | null
  readonly source_size: string | null
  readonly source_sha256: string | null
  /** Identity of the storage that holds the source. null: any, as in a job of an earlier version, or not stored yet. */
  readonly source_storage: string | null
  /** The lane that the job is in, or was in last. */
  readonly lane: string
  /** Jobs with the same key share a turn. */
  readonly fairness_key: string
  readonly token: string
  /** null if no worker has started it, or it was released. */
  readonly worker: string | null
  /** Claims since the checkpoint last advanced. */
  readonly attempts: number
  /** The outage that it waits for, and since when; null if none. The code stays during the next attempt. */
  readonly outage_code: FaultCode | null
  readonly outage_message: string | null
  readonly outage_since: Date | null
  /** Seconds since `outage_since`, by the database's clock. */
  readonly outage_seconds: number | null
  readonly outage_place: string | null
  /** Progress of the current attempt, in the unit of `outage_place`. */
  readonly place: string
  readonly metadata: Readonly<Record<string, unknown>>
  readonly after_job: string | null
  /** null also if the job that this one waits for no longer exists. */
  readonly after_resource: string | null
  readonly bundle: string | null
  readonly waiting: boolean
  readonly claimed_bytes: string
  /** Rejected records before the last retry. */
  readonly forgiven: string
  /** Records that the metrics had counted before the last retry. If each attempt starts over, it may reach fewer. */
  readonly counted_successful: string
  readonly counted_failed: string
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
  /** Of a file that is or was fetched from a URL. */
  readonly fetched_bytes: string | null
  readonly warnings: readonly StoredWarning[]
  readonly file_key: string | null
  readonly file_size: string | null
  readonly file_sha256: string | null
  readonly file_rows: string | null
  /** As `source_storage`, for the file of an export. */
  readonly file_storage: string | null
  readonly expires_at: Date | null
  readonly is_expired: boolean
  readonly error_code: string | null
  readonly error_message: string | null
  readonly created_at: Date
  readonly started_at: Date | null
  readonly completed_at: Date | null
  /** Seconds for which workers held it, up to now, by the database's clock. */
  readonly seconds: number | null
  /** Seconds since the last claim. */
  readonly claimed_seconds: number | null
  /** It could start, but no worker has served the storage of its source for a while. */
  readonly is_unserved: boolean
}

/** The select list that a `JobRow` needs. */
export const jobColumns = `*,
  case when started_at is not null then extract(epoch from processing_time +
    case when status = 'processing' then greatest(interval '0', clock_timestamp() - claimed_at) else interval '0' end
  )::float8 end as seconds,
  extract(epoch from clock_timestamp() - claimed_at)::float8 as claimed_seconds,
  extract(epoch from clock_timestamp() - outage_since)::float8 as outage_seconds,
  ${progressNumberSql} as place,
  coalesce(expires_at <= clock_timestamp(), false) as is_expired,
  ${isUnserved} as is_unserved, (select resource from lading.jobs b where b.id = jobs.after_job) as after_resource`

/** The options of an import, frozen when it was submitted. */
export function optionsOf(row: JobRow): ImportOptions & { readonly maxBytes?: number } {
  if (row.kind !== 'import') return {}
  const { kept: _, ...options } = row.options
  // `submitImport` writes nothing else for an import.
  return options as ImportOptions & { maxBytes?: number }
}

/** The caller at submission; every attempt is for the same caller. */
export function callerOf({ tenant, principal }: JobRow): Caller | undefined {
  if (tenant === '' && principal === null) return undefined
  return { ...(tenant !== '' && { tenant }), ...(principal !== null && { principal }) }
}

/** Whether no row is in the table before all are, so that each attempt starts over. */
export function commitsAsWhole(row: JobRow): boolean {
  const { dryRun = false, atomic = false } = optionsOf(row)
  return dryRun || atomic
}

/** Whether the file is imported as a whole or not at all. A dry run inserts nothing that could be rolled back. */
export function isAllOrNothing(row: JobRow): boolean {
  const { atomic = false, dryRun = false } = optionsOf(row)
  return atomic && !dryRun
}

export function toJob(row: JobRow): Job {
  const processed = Number(row.processed)
  const unprocessed = row.unprocessed === null ? null : Number(row.unprocessed)
  return {
    id: row.id,
    kind: row.kind,
    status: row.status,
    resource: row.resource,
    format: row.format,
    submittedFormat: row.submitted_format ?? row.format,
    options: optionsOf(row),
    metadata: row.metadata,
    after: row.after_job,
    afterResource: row.after_resource,
    waitingForStorage: row.is_unserved ? row.source_storage : null,
    waitingFor: waitingFor(row),
    bundle: row.bundle,
    resources: resourcesOf(row),
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
      fetchedBytes: row.fetched_bytes === null ? null : Number(row.fetched_bytes),
      processedBytes: Number(row.bytes_read),
      totalBytes: totalBytes(row),
      percentage: percentage(row),
    },
    createdAt: row.created_at,
    startedAt: row.started_at,
    completedAt: isEnded(row.status) ? row.completed_at : null,
    durationSeconds: row.seconds,
    rowsPerSecond: row.seconds === null || row.seconds === 0 ? null : Math.round(processed / row.seconds),
    etaSeconds: etaSeconds(row),
    warnings: [...shownWarnings(row.warnings), ...cappedWarning(row)],
    notJudged: row.not_judged,
    errorsByCode: row.errors_by_code,
    errorCode: row.error_code,
    errorMessage: row.error_message,
    file: toFile(row),
  }
}

/** A running attempt does not count as waiting. */
function waitingFor(row: JobRow): JobOutage | null {
  const { status, outage_code: code, outage_message: message, outage_since: since } = row
  if (status !== 'pending' || code === null || since === null) return null
  return { code, message: message ?? '', since }
}

function totalBytes({ source_size: source, file_size: file }: JobRow): number | null {
  const size = source ?? file
  return size === null ? null : Number(size)
}

function percentage(row: JobRow): number | null {
  if (row.status === 'completed') return 100
  const size = Number(row.source_size ?? 0)
  if (size === 0) return row.status === 'pending' ? 0 : null
  return Math.min(100, Math.floor((100 * Number(row.bytes_read)) / size))
}

/** Estimated by bytes, because the number of remaining records is unknown. */
function etaSeconds(row: JobRow): number | null {
  const read = Number(row.bytes_read)
  const readNow = read - Number(row.claimed_bytes)
  if (row.status !== 'processing' || row.source_size === null || row.claimed_seconds === null) return null
  if (readNow <= 0) return null
  const bytesLeft = Math.max(0, Number(row.source_size) - read)
  return Math.ceil((bytesLeft * row.claimed_seconds) / readNow)
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
  return {
    key,
    sha256,
    expiresAt,
    size: Number(row.file_size),
    rows: Number(row.file_rows),
    isExpired: row.is_expired,
    name: fileNameOf(row),
  }
}
