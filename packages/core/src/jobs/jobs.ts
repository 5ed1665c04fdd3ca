// Durable runs: the interface that HTTP and the command line submit to, and that workers serve.
import type { Readable } from 'node:stream'
import type { RecordError } from '../errors/record-error.ts'
import type { ImportSettings } from '../importer/settings.ts'
import type { ByteSource } from '../source/chunks.ts'
import type { ErrorFilter } from './error-counts.ts'
import type { Job, JobKind, JobStatus } from './job.ts'

/** The settings are frozen with the job: every attempt at it does the same. */
export interface SubmitImport extends ImportSettings {
  readonly resource: string
  /** Kept in the storage before the job exists, so that the job can be resumed and retried. */
  readonly source: ByteSource
  /** `csv`, `ndjson` or `json` (an array). */
  readonly format: string
  /** Bytes of the largest file, as it is sent and as it is when it is no longer compressed. @defaultValue no limit */
  readonly maxBytes?: number | undefined
  /** Asked for when the source has been read: settings that come behind the file, such as fields of a form. */
  readonly laterSettings?: (() => ImportSettings) | undefined
  /** Ends the upload; neither a job nor a file is left. */
  readonly signal?: AbortSignal | undefined
}

export interface SubmitExport {
  readonly resource: string
  readonly format: string
  readonly filters?: Readonly<Record<string, unknown>> | undefined
}

export interface ListJobs {
  readonly kind: JobKind
  readonly status?: JobStatus | undefined
  readonly resource?: string | undefined
  /** 1 to 100. @defaultValue 20 */
  readonly limit?: number | undefined
  /** `nextCursor` of the page before. */
  readonly cursor?: string | undefined
}

export interface JobPage {
  /** Newest first. */
  readonly jobs: readonly Job[]
  readonly nextCursor: string | null
}

export interface ErrorPage {
  /** By row number, then in the order of the rules; stable between pages. */
  readonly errors: readonly RecordError[]
  /** All that there were and that match. */
  readonly total: number
  /** Of all errors of the job, those that are kept and can be listed: the first ones. */
  readonly stored: number
}

export interface ListErrors extends ErrorFilter {
  /** 1 to 1,000. @defaultValue 50 */
  readonly limit?: number | undefined
  /** @defaultValue 0 */
  readonly offset?: number | undefined
}

/** Whether each part that jobs depend on answers. */
export interface Health {
  readonly database: boolean
  readonly storage: boolean
  readonly queue: boolean
}

export interface Jobs {
  /**
   * Spools the source, then writes the job and its queue message in one transaction.
   *
   * @throws LadingError `RESOURCE_UNKNOWN`, `FORMAT_UNSUPPORTED`, `OPTION_INVALID`, `FILE_EMPTY`, `FILE_TOO_LARGE`,
   * `QUEUE_FULL` … and then neither a job nor a file is left
   */
  submitImport(options: SubmitImport): Promise<Job>
  /** @throws LadingError `RESOURCE_UNKNOWN`, `FORMAT_UNSUPPORTED`, `FILTER_INVALID`, `QUEUE_FULL` */
  submitExport(options: SubmitExport): Promise<Job>
  /** One indexed read. Undefined for an unknown id. @throws LadingError `JOB_ID_INVALID` for what is no UUID */
  get(id: string): Promise<Job | undefined>
  list(options: ListJobs): Promise<JobPage>
  /** Record errors of an import, while it runs too. @throws LadingError `OPTION_INVALID` */
  errors(id: string, page?: ListErrors): Promise<ErrorPage>
  /** All record errors that are kept, in the order of the pages, some at a time. Nothing for an unknown id. */
  allErrors(id: string, filter?: ErrorFilter): AsyncIterable<readonly RecordError[]>
  /**
   * The rejected records of an import as a file in the format they came in, in UTF-8; a CSV file begins with the
   * column `lading_error`, which an import ignores. With `unprocessed`: the records that were not reached, or were
   * taken back with the rest of an atomic import, as a file to import as it is. Undefined for an unknown id.
   *
   * @throws LadingError `STORAGE_NOT_FOUND` if the source is no longer kept, `JOB_NOT_READY` for the unprocessed
   * records of a job that has not ended
   */
  rejects(id: string, options?: { readonly unprocessed?: boolean | undefined }): Promise<Readable | undefined>
  /** The file of a completed export, or undefined if there is none (any more). */
  download(id: string): Promise<Readable | undefined>
  /** Does jobs until the signal; resolves when those that had begun have ended. */
  work(options: {
    readonly signal: AbortSignal
    readonly imports?: number
    readonly exports?: number
  }): Promise<void>
  health(): Promise<Health>
}
