// Durable runs: the interface that HTTP and the command line submit to, and that workers serve.
import type { Readable } from 'node:stream'
import type { Resource } from '../engine/resource/resource-types.ts'
import type { RecordError } from '../errors/record-error.ts'
import type { ByteRange } from '../storage/storage.ts'
import type { Health } from './health.ts'
import type { Cleaned } from './maintenance/janitor.ts'
import type { ErrorPage } from './results/record-errors.ts'
import type { ErrorFilter } from './store/error-counts.ts'
import type { VerifiedFile } from './store/files/verify-file.ts'
import type { Job, JobKind } from './store/job.ts'
import type { ListJobs } from './store/job-store.ts'
import type { WantedCapacity } from './submit/capacity.ts'
import type { KeyClaim } from './submit/claim-key.ts'
import type {
  BundleJobs,
  SubmitBundleExport,
  SubmitBundleImport,
  SubmitExport,
  SubmitImport,
  SubmitRemoteImport,
} from './submit/submit-options.ts'

export interface JobPage {
  /** Newest first. */
  readonly jobs: readonly Job[]
  readonly nextCursor: string | null
}

export interface ListErrors extends ErrorFilter {
  /** 1 to 1,000. @defaultValue 50 */
  readonly limit?: number | undefined
  /** @defaultValue 0 */
  readonly offset?: number | undefined
}

/** Restricts a call to what belongs to a tenant; `''`: to none. @defaultValue all tenants */
export interface Ownership {
  readonly tenant?: string | undefined
}

export interface WorkOptions {
  readonly signal: AbortSignal
  /** Imports at a time; 0 leaves them to others. Each takes up to two connections of the pool. @defaultValue 4 */
  readonly imports?: number | undefined
  /** The same for exports. @defaultValue 2 */
  readonly exports?: number | undefined
  /**
   * Files that are fetched at a time for imports from URLs, beside the imports; of one caller one less, so that slow
   * servers of one hold back no other. Each takes a socket, and none of the pool's connections; 0 leaves them to
   * others. @defaultValue 4, or 0 where `imports` is 0
   */
  readonly fetches?: number | undefined
}

export interface Jobs<Known extends Resource = Resource> {
  /**
   * Spools the source, then writes the job, for which a worker is woken.
   *
   * @throws LadingError `RESOURCE_UNKNOWN`, `FORMAT_UNSUPPORTED`, `OPTION_INVALID`, `FILE_EMPTY`, `FILE_TOO_LARGE`,
   * `QUEUE_FULL` … and then neither a job nor a file is left. `JOB_NOT_FOUND` if `after` names no import of the caller's.
   */
  submitImport(options: SubmitImport<Known>): Promise<Job>
  /**
   * Writes the job after a look at the URL that sends no packet. What the file is and whether it can be had is found by
   * the worker, and said by the job: `URL_NOT_ALLOWED`, `SOURCE_UNAVAILABLE`, `NOT_A_DATA_FILE`, `FILE_TOO_LARGE` …
   *
   * @throws LadingError `URL_NOT_ALLOWED`, `RESOURCE_UNKNOWN`, `FORMAT_UNSUPPORTED`, `OPTION_INVALID`, `JOB_NOT_FOUND`, `QUEUE_FULL`
   */
  submitRemoteImport(options: SubmitRemoteImport<Known>): Promise<Job>
  /** @throws LadingError `RESOURCE_UNKNOWN`, `FORMAT_UNSUPPORTED`, `FILTER_INVALID`, `OPTION_INVALID`, `SCOPE_FAILED`, `QUEUE_FULL` */
  submitExport(options: SubmitExport<Known>): Promise<Job>
  /** An export of several resources of one moment. @throws LadingError as `submitExport`, and `OPTION_INVALID` for a circle of references */
  submitBundleExport(options?: SubmitBundleExport<Known>): Promise<Job>
  /**
   * Unpacks and checks a bundle, then writes an import for each of its resources in one transaction.
   *
   * @throws LadingError `BUNDLE_INVALID`, `BUNDLE_MISMATCH`, `COMPRESSION_INVALID`, `FILE_TOO_LARGE`,
   * `RESOURCE_UNKNOWN`, `OPTION_INVALID`, `QUEUE_FULL` … and then neither a job nor a file is left
   */
  submitBundleImport(options: SubmitBundleImport): Promise<BundleJobs>
  /** Whether one more file and job would be taken, before the file is read. @throws LadingError `STORAGE_FULL`, `TOO_MANY_JOBS` */
  checkCapacity(wanted?: WantedCapacity): Promise<void>
  /**
   * Claims an idempotency key before the request that it came with has been read; others are refused meanwhile. To
   * be handed to one submission of the same tenant, and given up behind it in any case. A key is the tenant's own.
   *
   * @throws LadingError `IDEMPOTENCY_KEY_INVALID`, `IDEMPOTENCY_IN_PROGRESS`, or `IDEMPOTENCY_KEY_REUSED` for a key of the other kind
   */
  claimKey(key: string, kind: JobKind, of?: Ownership): Promise<KeyClaim>
  /**
   * One indexed read. Undefined for an unknown id, and for that of another tenant's. A caller's access to a job is
   * checked here; the other calls take any id.
   *
   * @throws LadingError `JOB_ID_INVALID` for what is no UUID
   */
  get(id: string, of?: Ownership): Promise<Job | undefined>
  list(options: ListJobs): Promise<JobPage>
  /**
   * Ends a job that has not ended. A batch that is being written is finished or taken back before this resolves, and
   * no other one follows; what is in the table is counted. A cancelled export has no file. Undefined for an unknown id.
   *
   * @throws LadingError `JOB_ENDED`, also if it ended a moment ago; `DATABASE_UNAVAILABLE`
   */
  cancel(id: string): Promise<Job | undefined>
  /**
   * Goes on with a failed or cancelled job: an import behind its checkpoint, a dry run, an atomic import or an export
   * from its start. `maxErrors` counts the records that are rejected from there on. Undefined for an unknown id.
   *
   * @throws LadingError `JOB_NOT_READY` if it has not ended, `JOB_ENDED` if it has completed, `STORAGE_NOT_FOUND` if
   * the file is no longer kept, `AFTER_FAILED` if the job that it is to follow has not completed and never will,
   * `QUEUE_FULL`
   */
  retry(id: string): Promise<Job | undefined>
  /** Deletes the file of a completed export before its time. Twice: does nothing. False if there is no such export. */
  deleteFile(id: string): Promise<boolean>
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
  /** The file of a completed export, or a part of it; undefined if there is none (any more). */
  download(id: string, range?: ByteRange): Promise<Readable | undefined>
  /**
   * Reads every stored file of a job, and of those that came in one bundle with it, and compares size and SHA-256 with
   * what was stored. Changes nothing. Empty where no file is kept; undefined for an unknown id.
   */
  verify(id: string): Promise<readonly VerifiedFile[] | undefined>
  /**
   * Does jobs until the signal. Then it takes no more of them, ends the batches that are being written or takes them
   * back, and gives its jobs back, so that others can go on with them at once; within 5 seconds it resolves. With no
   * imports and no exports at a time it only looks after jobs: the rescue and the janitor.
   */
  work(options: WorkOptions): Promise<void>
  /**
   * Deletes now what `work` deletes by and by: files of exports that have expired, jobs and sources of imports that
   * were kept for long enough, idempotency keys, and what processes that died have left in the storage. Up to 500 of
   * each kind; what could not be deleted is told to `onError` and left to the next time.
   */
  clean(): Promise<Cleaned>
  health(): Promise<Health>
}
