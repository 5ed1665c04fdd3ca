// Options and result of createLading: one object for imports, exports, jobs and workers.
import type { Readable } from 'node:stream'
import type { Exporter } from './engine/export/create-exporter.ts'
import type { StreamOptions } from './engine/export/exporter-options.ts'
import type { Importer } from './engine/import/create-importer.ts'
import type { ImporterOptions, RunOptions } from './engine/import/importer-options.ts'
import type { ImportReport } from './engine/import/report/report.ts'
import type { Resource } from './engine/resource/resource-types.ts'
import type { HttpMetrics } from './http/http-service.ts'
import type { Jobs, WorkOptions } from './jobs/jobs.ts'
import type { JobsOptions } from './jobs/jobs-options.ts'
import type { Metrics } from './metrics/metrics.ts'
import type { Queue } from './queue/queue.ts'
import type { Storage } from './storage/storage.ts'

/** Upper limits. Every limit has a default that works on one machine. */
export interface LadingLimits
  extends Pick<
      ImporterOptions,
      | 'batchRows'
      | 'batchBytes'
      | 'maxRecordBytes'
      | 'connections'
      | 'noProgressSeconds'
      | 'hookTimeoutSeconds'
    >,
    Pick<JobsOptions, 'storedErrors' | 'activeJobsPerCaller'> {
  /**
   * Maximum size of an import file in bytes, both as sent and after decompression. `maxBytes` overrides it for one
   * import. @defaultValue no limit; 104857600 (100 MiB) over HTTP
   */
  readonly maxFileBytes?: number | undefined
  /** Rows per batch of an export whose resource has a `printRow`. @defaultValue 1000 */
  readonly exportBatchRows?: number | undefined
}

/** Metrics of jobs, and the response to a scrape where an adapter serves it. */
export type LadingMetrics = Metrics & HttpMetrics

/** Retention and retries of jobs. See `JobsOptions` for each. */
export type LadingJobsOptions = Omit<
  JobsOptions,
  | 'importer'
  | 'exporter'
  | 'queue'
  | 'storage'
  | 'metrics'
  | 'onError'
  | 'storedErrors'
  | 'activeJobsPerCaller'
>

export interface LadingOptions<Known extends Resource = Resource>
  extends Pick<ImporterOptions<Known>, 'sessionVariables' | 'synchronousCommit'> {
  /**
   * A `pg.Pool` without `query_timeout`. You own it: `close` does not end it. With workers it needs one connection for
   * each concurrent job and three more: nine by default.
   */
  readonly pool: ImporterOptions['pool']
  readonly resources: readonly Known[]
  /**
   * Where jobs store their files. Several machines need a storage that all of them can reach.
   * @defaultValue `fileStorage('.lading/files')`, relative to the working directory at start
   */
  readonly storage?: Storage | undefined
  /** Delivers jobs to workers. @defaultValue `postgresQueue`, in the database of the pool */
  readonly queue?: Queue | undefined
  readonly limits?: LadingLimits | undefined
  readonly jobs?: LadingJobsOptions | undefined
  /** Receives metrics of jobs, and of requests where an adapter serves them. See `prometheusMetrics`. @defaultValue none */
  readonly metrics?: LadingMetrics | undefined
  /** Receives errors for the log that no client may see. See `JobsOptions.onError`. @defaultValue none */
  readonly onError?: JobsOptions['onError']
}

/** Like `WorkOptions`; the workers also stop at `lading.close()`. */
export interface LadingWorkOptions extends Omit<WorkOptions, 'signal'> {
  /** Stops the workers. @defaultValue they run until `lading.close()` */
  readonly signal?: AbortSignal | undefined
}

export interface Lading<Known extends Resource = Resource> {
  readonly resources: readonly Known[]
  readonly importer: Importer<Known>
  readonly exporter: Exporter<Known>
  /**
   * Imports and exports that outlive this process. Created on first access; imports and exports without jobs need no
   * migrations and no storage.
   *
   * @throws LadingError `CONFIG_INVALID` for an invalid option of jobs
   */
  readonly jobs: Jobs<Known>
  readonly limits: LadingLimits
  readonly metrics: LadingMetrics | undefined
  /**
   * Compares every resource with its table. Call it at start-up to find a mismatch before the first import.
   *
   * @throws LadingError `RESOURCE_MISMATCH` naming every disagreement, `DATABASE_REFUSED`, `DATABASE_UNAVAILABLE`
   */
  check(): Promise<void>
  /**
   * Imports a file or objects. Resolves when every record is in the table or in the report. Needs no job.
   *
   * @throws LadingError if the file cannot be read to its end or the database fails. Committed batches stay;
   * `importReportOf(error)` returns their counts. See `Importer.run`.
   *
   * @example
   * const report = await lading.import({ resource: 'users', format: 'csv', source: createReadStream('users.csv') })
   * console.log(report.successful, report.failed)
   */
  import(options: RunOptions<Known>): Promise<ImportReport>
  /**
   * Streams the rows of a resource as a file, in one snapshot. Read it with `pipeline`: an error mid-stream destroys the
   * stream, so that no truncated file passes for a complete one. Destroying it ends the query.
   *
   * @throws LadingError synchronously `RESOURCE_UNKNOWN`, `FORMAT_UNSUPPORTED`, `FILTER_INVALID`, `OPTION_INVALID`; any
   * other fault is the stream's error. See `Exporter.stream`.
   *
   * @example
   * await pipeline(lading.export({ resource: 'users', format: 'ndjson' }), createWriteStream('users.ndjson'))
   */
  export(options: StreamOptions<Known>): Readable
  /**
   * Works on jobs until the signal or `close`, then releases its jobs and resolves within 5 seconds. Needs the schema
   * `lading` (see `migrate`). Called after `close`, it resolves immediately.
   *
   * @throws LadingError `CONFIG_INVALID` if the pool is too small for the number of concurrent jobs, or the schema `lading` is missing
   */
  work(options?: LadingWorkOptions): Promise<void>
  /**
   * Stops the workers that `work` started and waits for them. Imports and exports without jobs continue; end them by
   * their own signal. The pool, and a storage or queue of yours, stay open. A second call waits for the same workers.
   */
  close(): Promise<void>
}
