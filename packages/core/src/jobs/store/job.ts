// A job as its owner sees it: what was requested, its progress, and its result.

import type { ImportOptions } from '../../engine/import/import-options.ts'
import type { ImportWarning } from '../../engine/import/report/run-warnings.ts'
import type { FaultCode } from '../../errors/codes.ts'

export type JobKind = 'import' | 'export'

/** `pending → processing → completed | failed | cancelled`. Only a retry leaves one of the last three. */
export type JobStatus = 'pending' | 'processing' | 'completed' | 'failed' | 'cancelled'

/** `processed = successful + failed` and `successful = inserted + updated + ignored`, at every moment. */
export interface JobProgress {
  /** Known once the file was read to its end: `processed + unprocessed`. */
  readonly totalRecords: number | null
  readonly processedRecords: number
  readonly successfulRecords: number
  readonly failedRecords: number
  readonly insertedRecords: number
  readonly updatedRecords: number
  readonly ignoredRecords: number
  /**
   * Records after the point where it stopped early, or that were rolled back; null if there are none or the number is
   * unknown.
   */
  readonly unprocessedRecords: number | null
  /** Bytes fetched so far of a file at a URL; null before that, and for every other job. */
  readonly fetchedBytes: number | null
  /** Of the stored file, which may be compressed; for an export, of the file that it writes. */
  readonly processedBytes: number
  /** null for an export that has not completed, because its size is unknown. */
  readonly totalBytes: number | null
  /** From 0 to 100: estimated from the bytes read until the end is known; null while it is unknown. */
  readonly percentage: number | null
}

/** The file of an export, while it is stored. */
export interface JobFile {
  readonly key: string
  /** Bytes. */
  readonly size: number
  /** 64 hexadecimal digits. */
  readonly sha256: string
  readonly rows: number
  readonly expiresAt: Date
  /** By the database's clock: the file can no longer be downloaded. */
  readonly isExpired: boolean
  /** File name of the download. */
  readonly name: string
}

/** An outage that a job waits for, which is not the job's fault. */
export interface JobOutage {
  /** Such as `DATABASE_UNAVAILABLE`. */
  readonly code: FaultCode
  /** One sentence that says what is wrong. */
  readonly message: string
  /** When the job first met it, without progress since. */
  readonly since: Date
}

/** A warning of the import, or `ERRORS_CAPPED` if more errors were found than are listed. */
export type JobWarning = ImportWarning

export interface Job {
  /** A UUID. */
  readonly id: string
  readonly kind: JobKind
  readonly status: JobStatus
  /** `*` for the export of a bundle. */
  readonly resource: string
  /**
   * Format of the file (`unknown` while only a file still to be fetched could show it); for a bundle, of the files in
   * it.
   */
  readonly format: string
  /** The format as it was known at submission. */
  readonly submittedFormat: string
  /** Resources of a bundle export; null for any other job. */
  readonly resources: readonly string[] | null
  /** The same for all imports of one bundle; null for any other job. */
  readonly bundle: string | null
  /** The options of an import; `{}` for an export. */
  readonly options: ImportOptions
  /** The caller's metadata. */
  readonly metadata: Readonly<Record<string, unknown>>
  /** The import that must complete before this one starts. */
  readonly after: string | null
  /** Resource of that import; null if there is none, or it no longer exists. */
  readonly afterResource: string | null
  /** The storage of its file, if the job could start but no worker has served that storage for a while; else null. */
  readonly waitingForStorage: string | null
  /** The outage of shared infrastructure that it waits for until its next attempt; null if there is none. */
  readonly waitingFor: JobOutage | null
  readonly progress: JobProgress
  readonly createdAt: Date
  readonly startedAt: Date | null
  readonly completedAt: Date | null
  /** Seconds for which workers held it, up to its end or until now, without the pauses between attempts. */
  readonly durationSeconds: number | null
  readonly rowsPerSecond: number | null
  /** Estimated seconds until the end, at the pace of this attempt; null unless it runs and has made progress. */
  readonly etaSeconds: number | null
  readonly warnings: readonly JobWarning[]
  /** Checks that a dry run could not make, such as triggers. */
  readonly notJudged: readonly string[]
  /** Record errors by code. */
  readonly errorsByCode: Readonly<Record<string, number>>
  /** Why it failed: a fault code, and a sentence that says what to do. */
  readonly errorCode: string | null
  readonly errorMessage: string | null
  /** The file of a completed export. */
  readonly file: JobFile | null
}
