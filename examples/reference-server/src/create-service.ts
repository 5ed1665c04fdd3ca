// The service: a Lading with its workers, until it is stopped.
import {
  createLading,
  fileStorage,
  type Job,
  type Lading,
  type LadingJobsOptions,
  type LadingLimits,
  type Outage,
} from '@lading/core'
import { prometheusMetrics } from '@lading/core/prometheus'
import type pg from 'pg'
import project from '../lading.config.ts'
import type { Config } from './config.ts'

export interface ReferenceService {
  readonly lading: Lading
  /** True once `stop` was called: the service accepts no more work. */
  isDraining(): boolean
  /** Stops taking jobs; resolves when the running jobs have ended or have been released. */
  stop(): Promise<void>
}

export interface ServiceListeners {
  onJobEnd(job: Job): void
  onError(error: unknown, context: { readonly jobId?: string }): void
  onOutage(outage: Outage): void
}

/** @throws LadingError if a resource does not fit its table */
export async function startService(
  config: Config,
  pool: pg.Pool,
  { onJobEnd, onError, onOutage }: ServiceListeners,
): Promise<ReferenceService> {
  const { resources } = project
  const storage = fileStorage(config.storagePath, { reserveBytes: config.freeDiskBytes })
  const lading: Lading = createLading({
    pool,
    resources,
    storage,
    synchronousCommit: config.synchronousCommit,
    limits: limitsOf(config),
    jobs: { ...jobsOptionsOf(config), onJobEnd, onOutage },
    metrics: config.hasMetrics ? prometheusMetrics({ resources }) : undefined,
    onError,
  })
  await lading.check()
  // A folder without a readable storage id stops the server at its start, not at the first upload.
  await storage.identity()
  const stopping = new AbortController()
  // Without workers it still deletes expired data, because only the servers have the retention periods.
  const { hasWorkers, importWorkers, exportWorkers, fetchWorkers } = config
  const concurrency = hasWorkers
    ? { imports: importWorkers, exports: exportWorkers, fetches: fetchWorkers }
    : { imports: 0, exports: 0, fetches: 0 }
  const working = lading.jobs.work({ signal: stopping.signal, ...concurrency })
  return {
    lading,
    isDraining: () => stopping.signal.aborted,
    async stop() {
      stopping.abort()
      await working
    },
  }
}

function limitsOf(config: Config): LadingLimits {
  return {
    batchRows: config.importBatchRows,
    exportBatchRows: config.exportBatchRows,
    maxRecordBytes: config.importMaxRecordBytes,
    maxFileBytes: config.importMaxFileBytes,
    storedErrors: config.storedErrors,
    activeJobsPerCaller: config.activeJobsPerCaller,
  }
}

function jobsOptionsOf(config: Config): LadingJobsOptions {
  return {
    maxWaitingJobs: config.queueDepth,
    fileExpirySeconds: config.exportFileExpiryHours * 3_600,
    idempotencyTtlSeconds: config.idempotencyTtlHours * 3_600,
    jobRetentionSeconds: config.jobRetentionDays * 86_400,
    outageLimitSeconds: config.outageLimitHours * 3_600,
    remote: config.remote,
    verifyStored: config.verifyStored,
  }
}
