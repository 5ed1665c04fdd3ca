// What createLading takes and gives: one object for imports, exports, jobs and workers.
import type { Readable } from 'node:stream'
import type { Exporter } from './engine/export/create-exporter.ts'
import type { StreamOptions } from './engine/export/exporter-options.ts'
import type { Importer } from './engine/import/create-importer.ts'
import type { ImporterOptions, RunOptions } from './engine/import/importer-options.ts'
import type { ImportReport } from './engine/import/report/report.ts'
import type { Resource } from './engine/resource/resource-types.ts'
import type { HttpMetrics } from './http/service.ts'
import type { Jobs, WorkOptions } from './jobs/jobs.ts'
import type { JobsOptions } from './jobs/jobs-options.ts'
import type { Metrics } from './metrics/metrics.ts'
import type { Queue } from './queue/queue.ts'
import type { Storage } from './storage/storage.ts'

/** How much is taken at most. Every limit has a default that works on one machine. */
export interface LadingLimits
  extends Pick<
      ImporterOptions,
      'batchRows' | 'batchBytes' | 'maxRecordBytes' | 'noProgressSeconds' | 'hookTimeoutSeconds'
    >,
    Pick<JobsOptions, 'storedErrors' | 'activeJobsPerCaller'> {
  /**
   * Bytes of the largest file of an import: as it is sent, and again when it is no longer compressed. One import may say
   * something else with `maxBytes`. @defaultValue no limit; 104857600 (100 MiB) over HTTP
   */
  readonly maxFileBytes?: number | undefined
  /** Rows per batch of an export whose resource has a `printRow`. @defaultValue 1000 */
  readonly exportBatchRows?: number | undefined
}

/** What jobs count, and what is answered to a scrape where an adapter serves it. */
export type LadingMetrics = Metrics & HttpMetrics

/** How jobs are kept and tried again. See `JobsOptions` for each. */
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
   * A `pg.Pool` without `query_timeout`. It stays yours: `close` does not end it. With workers it needs a connection for
   * each job at a time and three more, which is nine by default.
   */
  readonly pool: ImporterOptions['pool']
  readonly resources: readonly Known[]
  /**
   * Where jobs keep their files. Several machines need one that all of them reach.
   * @defaultValue `fileStorage('.lading/files')`, below the folder in which the process was started
   */
  readonly storage?: Storage | undefined
  /** What brings jobs to workers. @defaultValue `postgresQueue`, in the database of the pool */
  readonly queue?: Queue | undefined
  readonly limits?: LadingLimits | undefined
  readonly jobs?: LadingJobsOptions | undefined
  /** Hears of jobs, and of requests where an adapter serves them. See `prometheusMetrics`. @defaultValue nobody */
  readonly metrics?: LadingMetrics | undefined
  /** Hears what a log should have and no client may. See `JobsOptions.onError`. @defaultValue nobody */
  readonly onError?: JobsOptions['onError']
}

/** Like `WorkOptions`; the workers also stop at `lading.close()`. */
export interface LadingWorkOptions extends Omit<WorkOptions, 'signal'> {
  /** Stops the workers. @defaultValue they work until `lading.close()` */
  readonly signal?: AbortSignal | undefined
}

export interface Lading<Known extends Resource = Resource> {
  readonly resources: readonly Known[]
  readonly importer: Importer<Known>
  readonly exporter: Exporter<Known>
  /**
   * Imports and exports that outlive this process. Made when it is first asked for; imports and exports without jobs
   * need no migrations and no storage.
   *
   * @throws LadingError `CONFIG_INVALID` for an option of jobs that cannot work
   */
  readonly jobs: Jobs<Known>
  readonly limits: LadingLimits
  readonly metrics: LadingMetrics | undefined
  /**
   * Compares every resource with its table. Call it at start-up, so that a mismatch shows before the first import.
   *
   * @throws LadingError `RESOURCE_MISMATCH` naming every disagreement, `DATABASE_REFUSED`, `DATABASE_UNAVAILABLE`
   */
  check(): Promise<void>
  /**
   * Imports a file or objects. Resolves when every record is in the table or in the report. Needs no job.
   *
   * @throws LadingError if the file cannot be read to its end or the database cannot go on. What had been committed
   * stays; `importReportOf(error)` counts it. See `Importer.run`.
   *
   * @example
   * const report = await lading.import({ resource: 'users', format: 'csv', source: createReadStream('users.csv') })
   * console.log(report.successful, report.failed)
   */
  import(options: RunOptions<Known>): Promise<ImportReport>
  /**
   * A file with the rows of a resource, in one snapshot. Read it with `pipeline`: an error in mid-stream destroys it, so
   * that no truncated file passes for a whole one. Destroying it ends the query.
   *
   * @throws LadingError at once `RESOURCE_UNKNOWN`, `FORMAT_UNSUPPORTED`, `FILTER_INVALID`, `OPTION_INVALID`; anything
   * else is the stream's error. See `Exporter.stream`.
   *
   * @example
   * await pipeline(lading.export({ resource: 'users', format: 'ndjson' }), createWriteStream('users.ndjson'))
   */
  export(options: StreamOptions<Known>): Readable
  /**
   * Does jobs until the signal or `close`, then gives back what it has and resolves within 5 seconds. Needs the schema
   * `lading` (see `migrate`). Called after `close`, it resolves at once.
   *
   * @throws LadingError `CONFIG_INVALID` if the pool is too small for so many jobs, or the schema `lading` is missing
   */
  work(options?: LadingWorkOptions): Promise<void>
  /**
   * Stops the workers that `work` started and waits for them. Imports and exports without jobs go on; end them by their
   * own signal. The pool, and a storage or queue of yours, stay open. Twice: waits for the same.
   */
  close(): Promise<void>
}
