// Durable runs: the interface that HTTP and the command line submit to, and that workers serve.
import type { Readable } from 'node:stream'
import type { RecordError } from '../errors/record-error.ts'
import type { ByteSource } from '../source/chunks.ts'
import type { Job, JobKind, JobStatus } from './job.ts'

export interface SubmitImport {
  readonly resource: string
  /** Kept in the storage before the job exists, so that the job can be resumed and retried. */
  readonly source: ByteSource
  /** `csv` or `ndjson`. */
  readonly format: string
  /** Bytes of the largest file. @defaultValue no limit */
  readonly maxBytes?: number | undefined
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
  readonly total: number
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
   * @throws LadingError `RESOURCE_UNKNOWN`, `FORMAT_UNSUPPORTED`, `FILE_EMPTY`, `FILE_TOO_LARGE`, `QUEUE_FULL` … and
   * then neither a job nor a file is left
   */
  submitImport(options: SubmitImport): Promise<Job>
  /** @throws LadingError `RESOURCE_UNKNOWN`, `FORMAT_UNSUPPORTED`, `FILTER_INVALID`, `QUEUE_FULL` */
  submitExport(options: SubmitExport): Promise<Job>
  /** One indexed read. Undefined for an unknown id. @throws LadingError `JOB_ID_INVALID` for what is no UUID */
  get(id: string): Promise<Job | undefined>
  list(options: ListJobs): Promise<JobPage>
  /** Record errors of an import, while it runs too. @param page limit 1 to 1,000, default 50; offset from 0 */
  errors(id: string, page?: { readonly limit?: number; readonly offset?: number }): Promise<ErrorPage>
  /**
   * The rejected records of an import as a file in the format they came in; a CSV file begins with the column
   * `lading_error`, which an import ignores. Undefined for an unknown id.
   */
  rejects(id: string): Promise<Readable | undefined>
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
