// The jobs API: the interface that HTTP and the command line submit to, and that workers run.
import type { Readable } from 'node:stream'
import type { Resource } from '../engine/resource/resource-types.ts'
import type { RecordError } from '../errors/record-error.ts'
import type { ByteRange } from '../storage/storage.ts'
import type { Health } from './jobs-health.ts'
import type { Cleaned } from './maintenance/janitor.ts'
import type { ErrorPage } from './results/record-errors.ts'
import type { ErrorFilter } from './store/error-counts.ts'
import type { VerifiedFile } from './store/files/verify-file.ts'
import type { Job, JobKind } from './store/job.ts'
import type { ListJobs } from './store/job-store.ts'
import type { CapacityRequest } from './submit/capacity.ts'
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

/** Restricts a call to one tenant; `''` means jobs without a tenant. @defaultValue all tenants */
export interface Ownership {
  readonly tenant?: string | undefined
}

export interface WorkOptions {
  readonly signal: AbortSignal
  /**
   * Imports that run at the same time; 0 leaves them to other processes. Each takes one connection of the pool while
   * it runs, and the worker three more for control. @defaultValue 4
   */
  readonly imports?: number | undefined
  /** The same for exports, which take one connection each. @defaultValue 2 */
  readonly exports?: number | undefined
  /**
   * Files fetched at the same time for imports from URLs, in addition to the imports. One caller gets at most one
   * fewer, so that its slow servers do not block others. Each takes a socket, but no connection of the pool for
   * itself; 0 leaves them to other processes. @defaultValue 4, or 0 where `imports` is 0
   */
  readonly fetches?: number | undefined
}

export interface Jobs<Known extends Resource = Resource> {
  /**
   * Spools the source, then creates the job and wakes a worker for it. If it throws, neither a job nor a file is
   * left.
   *
   * @throws LadingError `RESOURCE_UNKNOWN`, `FORMAT_UNSUPPORTED`, `OPTION_INVALID`, `FILE_EMPTY`, `FILE_TOO_LARGE`,
   * `QUEUE_FULL` …; `JOB_NOT_FOUND` if `after` is not the id of an import of the caller
   */
  submitImport(options: SubmitImport<Known>): Promise<Job>
  /**
   * Creates the job after checking the URL without sending a packet. The worker finds out whether the file can be
   * fetched and what it is; the job then reports `URL_NOT_ALLOWED`, `SOURCE_UNAVAILABLE`, `NOT_A_DATA_FILE`,
   * `FILE_TOO_LARGE` …
   *
   * @throws LadingError `URL_NOT_ALLOWED`, `RESOURCE_UNKNOWN`, `FORMAT_UNSUPPORTED`, `OPTION_INVALID`,
   * `JOB_NOT_FOUND`, `QUEUE_FULL`
   */
  submitRemoteImport(options: SubmitRemoteImport<Known>): Promise<Job>
  /** @throws LadingError `RESOURCE_UNKNOWN`, `FORMAT_UNSUPPORTED`, `FILTER_INVALID`, `OPTION_INVALID`, `SCOPE_FAILED`, `QUEUE_FULL` */
  submitExport(options: SubmitExport<Known>): Promise<Job>
  /**
   * Exports several resources from one snapshot.
   *
   * @throws LadingError as `submitExport`, and `OPTION_INVALID` for circular references
   */
  submitBundleExport(options?: SubmitBundleExport<Known>): Promise<Job>
  /**
   * Unpacks and checks a bundle, then creates an import for each of its resources in one transaction. If it throws,
   * neither a job nor a file is left.
   *
   * @throws LadingError `BUNDLE_INVALID`, `BUNDLE_MISMATCH`, `COMPRESSION_INVALID`, `FILE_TOO_LARGE`,
   * `RESOURCE_UNKNOWN`, `OPTION_INVALID`, `QUEUE_FULL` …
   */
  submitBundleImport(options: SubmitBundleImport): Promise<BundleJobs>
  /**
   * Checks, before the file is read, whether one more file and job would be accepted.
   * @throws LadingError `STORAGE_FULL`, `TOO_MANY_JOBS`
   */
  checkCapacity(request?: CapacityRequest): Promise<void>
  /**
   * Claims an idempotency key of a tenant before its request has been read; meanwhile other requests with the key are
   * refused. Pass the claim to one submission of the same tenant, and always release it afterwards.
   *
   * @throws LadingError `IDEMPOTENCY_KEY_INVALID`, `IDEMPOTENCY_IN_PROGRESS`, or `IDEMPOTENCY_KEY_REUSED` for a key
   * of the other kind
   */
  claimKey(key: string, kind: JobKind, owner?: Ownership): Promise<KeyClaim>
  /**
   * Returns a job with one indexed read; undefined for an unknown id and for a job of another tenant. This call
   * checks the tenant of a job; the other calls accept any id.
   *
   * @throws LadingError `JOB_ID_INVALID` for an id that is not a UUID
   */
  get(id: string, owner?: Ownership): Promise<Job | undefined>
  list(options: ListJobs): Promise<JobPage>
  /**
   * Cancels a job. A batch that is being written is committed or rolled back before this resolves, and no other
   * follows; committed rows are counted. A cancelled export has no file. Undefined for an unknown id.
   *
   * @throws LadingError `JOB_ENDED`, also if it has just ended; `DATABASE_UNAVAILABLE`
   */
  cancel(id: string): Promise<Job | undefined>
  /**
   * Retries a failed or cancelled job: an import resumes after its checkpoint; a dry run, an atomic import or an
   * export starts over. `maxErrors` counts the records rejected from there on. Undefined for an unknown id.
   *
   * @throws LadingError `JOB_NOT_READY` if it has not ended, `JOB_ENDED` if it has completed, `STORAGE_NOT_FOUND` if
   * the file is no longer stored, `AFTER_FAILED` if the job that it waits for has not completed and never will,
   * `QUEUE_FULL`
   */
  retry(id: string): Promise<Job | undefined>
  /**
   * Deletes the file of a completed export before it expires. Twice: does nothing. False if there is no such export.
   */
  deleteFile(id: string): Promise<boolean>
  /** Returns a page of the record errors of an import, even while it runs. @throws LadingError `OPTION_INVALID` */
  errors(id: string, page?: ListErrors): Promise<ErrorPage>
  /** Yields all stored record errors in chunks, in the order of the pages. Yields nothing for an unknown id. */
  allErrors(id: string, filter?: ErrorFilter): AsyncIterable<readonly RecordError[]>
  /**
   * Returns the rejected records of an import as a UTF-8 file in the format of the source. A CSV file begins with the
   * column `lading_error`, which an import ignores. With `unprocessed`, returns instead the records that were not
   * reached, or were rolled back with an atomic import, as a file to import as it is. Undefined for an unknown id.
   *
   * @throws LadingError `STORAGE_NOT_FOUND` if the source is no longer stored, `JOB_NOT_READY` for the unprocessed
   * records of a job that has not ended
   */
  rejects(id: string, options?: { readonly unprocessed?: boolean | undefined }): Promise<Readable | undefined>
  /** Opens the file of a completed export, or a range of it; undefined if there is no file or it has expired. */
  download(id: string, range?: ByteRange): Promise<Readable | undefined>
  /**
   * Reads every stored file of a job and of the other jobs of its bundle, and compares size and SHA-256 with what was
   * stored. Changes nothing. Empty if no file is stored; undefined for an unknown id.
   */
  verify(id: string): Promise<readonly VerifiedFile[] | undefined>
  /**
   * Runs jobs until the signal. Then it claims no more, commits or rolls back the current batches, and releases its
   * jobs so that other workers can resume them at once; it resolves within 5 seconds. With no imports and no exports,
   * it only does maintenance: the rescue and the janitor.
   */
  work(options: WorkOptions): Promise<void>
  /**
   * Deletes now what `work` deletes periodically: expired export files, jobs and import sources past their retention,
   * idempotency keys, and leftovers of dead processes in the storage. Deletes up to 500 of each kind. Errors go to
   * `onError`, and the next run tries again.
   */
  clean(): Promise<Cleaned>
  health(): Promise<Health>
}
