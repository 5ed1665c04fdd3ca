// The service: importer, exporter and jobs on one pool, with their workers, until it is stopped.
import {
  createExporter,
  createImporter,
  createJobs,
  type Exporter,
  fileStorage,
  type Job,
  type Jobs,
  type Outage,
  postgresQueue,
  type Resource,
} from '@lading/core'
import { type PrometheusMetrics, prometheusMetrics } from '@lading/core/prometheus'
import type pg from 'pg'
import project from '../lading.config.ts'
import type { Config } from './config.ts'

export interface ReferenceService {
  readonly jobs: Jobs
  readonly exporter: Exporter
  readonly resources: readonly Resource[]
  readonly metrics: PrometheusMetrics | undefined
  /** True once `stop` was called: the service accepts no more work. */
  isDraining(): boolean
  /** Stops taking jobs; resolves when the running jobs have ended or have been released. */
  stop(): Promise<void>
}

/** @throws LadingError if a resource does not fit its table */
export async function startService(
  config: Config,
  pool: pg.Pool,
  onJobEnd: (job: Job) => void,
  onError: (error: unknown, context: { readonly jobId?: string }) => void,
  onOutage: (outage: Outage) => void,
): Promise<ReferenceService> {
  const { resources } = project
  const importer = createImporter({
    pool,
    resources,
    batchRows: config.importBatchRows,
    synchronousCommit: config.synchronousCommit,
    maxRecordBytes: config.importMaxRecordBytes,
  })
  await importer.check()
  const exporter = createExporter({ pool, resources, batchRows: config.exportBatchRows })
  const metrics = config.hasMetrics ? prometheusMetrics({ resources }) : undefined
  const storage = fileStorage(config.storagePath, { reserveBytes: config.freeDiskBytes })
  // A folder without a readable storage id stops the server at its start, not at the first upload.
  await storage.identity()
  const jobs = createJobs({
    importer,
    exporter,
    queue: postgresQueue(),
    maxWaitingJobs: config.queueDepth,
    storage,
    ...(metrics && { metrics }),
    fileExpirySeconds: config.exportFileExpiryHours * 3_600,
    idempotencyTtlSeconds: config.idempotencyTtlHours * 3_600,
    jobRetentionSeconds: config.jobRetentionDays * 86_400,
    onError,
    onOutage,
    outageLimitSeconds: config.outageLimitHours * 3_600,
    storedErrors: config.storedErrors,
    activeJobsPerCaller: config.activeJobsPerCaller,
    remote: config.remote,
    verifyStored: config.verifyStored,
    onJobEnd,
  })
  const stopping = new AbortController()
  // Without workers it still deletes expired data, because only the servers have the retention periods.
  const { hasWorkers, importWorkers, exportWorkers, fetchWorkers } = config
  const concurrency = hasWorkers
    ? { imports: importWorkers, exports: exportWorkers, fetches: fetchWorkers }
    : { imports: 0, exports: 0, fetches: 0 }
  const working = jobs.work({ signal: stopping.signal, ...concurrency })
  return {
    jobs,
    exporter,
    resources,
    metrics,
    isDraining: () => stopping.signal.aborted,
    async stop() {
      stopping.abort()
      await working
    },
  }
}
