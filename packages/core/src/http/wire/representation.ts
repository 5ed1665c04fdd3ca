// Jobs and record errors → their documented JSON, with links.
import type { RecordError } from '../../errors/record-error.ts'
import type { Job } from '../../jobs/store/job.ts'
import type { BundleJobs } from '../../jobs/submit/submit-options.ts'

/** The response to a submission. */
export function acceptedJob(job: Job, mount: string): object {
  return {
    job_id: job.id,
    status: job.status,
    ...resourceNames(job),
    format: job.format,
    created_at: time(job.createdAt),
    links: links(job, mount),
  }
}

/** The response to a bundle. All of its imports are shown as they were when submitted. */
export function acceptedBundle({ id, jobs }: BundleJobs, mount: string): object {
  return {
    bundle: true,
    bundle_id: id,
    created_at: time(jobs[0]?.createdAt ?? null),
    jobs: jobs.map(job => acceptedJob({ ...job, status: 'pending' }, mount)),
  }
}

/** A bundle has several resources. */
function resourceNames({ resource, resources }: Job): object {
  return resources === null ? { resource } : { resource: null, resources }
}

export function selfLink({ kind, id }: Job, mount: string): string {
  return `${mount}/v1/${kind}s/${id}`
}

function links(job: Job, mount: string, more: readonly string[] = []): Record<string, string> {
  const self = selfLink(job, mount)
  const names = job.kind === 'import' ? ['errors', ...more] : more
  return { self, ...Object.fromEntries(names.map(name => [name, `${self}/${name}`])) }
}

/** @param errors the first record errors, if the response includes them */
export function importJob(job: Job, mount: string, errors?: readonly RecordError[]): Record<string, unknown> {
  return {
    job_id: job.id,
    type: 'import',
    status: job.status,
    resource: job.resource,
    format: job.format,
    on_conflict: job.options.onConflict ?? 'error',
    dry_run: job.options.dryRun ?? false,
    after: job.after,
    bundle_id: job.bundle,
    waiting_for_storage: job.waitingForStorage,
    waiting_for: waitingFor(job),
    ...progressFields(job),
    warnings: job.warnings,
    ...(job.options.dryRun === true && { not_judged: job.notJudged }),
    errors_by_code: job.errorsByCode,
    ...(errors && { errors: errors.map(recordError) }),
    error_message: job.errorMessage,
    error_code: job.errorCode,
    links: links(job, mount, ['rejects']),
  }
}

function waitingFor({ waitingFor: outage }: Job): Record<string, unknown> | null {
  return outage && { code: outage.code, detail: outage.message, since: outage.since.toISOString() }
}

export function exportJob(job: Job, mount: string): Record<string, unknown> {
  const { file } = job
  return {
    job_id: job.id,
    type: 'export',
    status: job.status,
    waiting_for: waitingFor(job),
    ...resourceNames(job),
    format: job.format,
    ...progressFields(job),
    file_name: file?.name ?? null,
    file_size: file?.size ?? null,
    sha256: file?.sha256 ?? null,
    download_url: file === null || file.isExpired ? null : `${selfLink(job, mount)}/download`,
    expires_at: file === null ? null : time(file.expiresAt),
    error_message: job.errorMessage,
    error_code: job.errorCode,
    links: links(job, mount, ['download']),
  }
}

function progressFields({ progress, ...job }: Job): object {
  return {
    progress: {
      total_records: progress.totalRecords,
      processed_records: progress.processedRecords,
      successful_records: progress.successfulRecords,
      failed_records: progress.failedRecords,
      inserted_records: progress.insertedRecords,
      updated_records: progress.updatedRecords,
      ignored_records: progress.ignoredRecords,
      unprocessed_records: progress.unprocessedRecords,
      fetched_bytes: progress.fetchedBytes,
      processed_bytes: progress.processedBytes,
      total_bytes: progress.totalBytes,
      percentage: progress.percentage,
    },
    created_at: time(job.createdAt),
    started_at: time(job.startedAt),
    completed_at: time(job.completedAt),
    duration_seconds: job.durationSeconds,
    rows_per_second: job.rowsPerSecond,
    eta_seconds: job.etaSeconds,
    metadata: job.metadata,
  }
}

export function recordError(error: RecordError): object {
  return {
    row_number: error.rowNumber,
    record_identifier: error.recordIdentifier,
    field_name: error.field,
    error_code: error.code,
    error_message: error.message,
    field_value: error.value,
    line: error.line,
  }
}

function time(moment: Date | null): string | null {
  return moment === null ? null : moment.toISOString()
}
