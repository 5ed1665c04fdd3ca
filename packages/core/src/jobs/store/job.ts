// A job as its owner sees it: what was asked, how far it is, how it ended.

import type { ImportOptions } from '../../engine/import/import-options.ts'
import type { ImportWarning } from '../../engine/import/report/run-warnings.ts'
import type { FaultCode } from '../../errors/codes.ts'

export type JobKind = 'import' | 'export'

/** `pending → processing → completed | failed | cancelled`. The last three are left by a retry only. */
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
  /** Records behind the place where it stopped early, or taken back with the whole file; null where there are none, or nobody knows. */
  readonly unprocessedRecords: number | null
  /** Of a file that is fetched from a URL, as many as have come; null before that, and for every other job. */
  readonly fetchedBytes: number | null
  /** Of the stored file, which may be compressed; for an export, of the file that it writes. */
  readonly processedBytes: number
  /** null for an export that has not completed: nobody knows its size. */
  readonly totalBytes: number | null
  /** From bytes read until the end is known; null while nothing is known. 0 to 100. */
  readonly percentage: number | null
}

/** What an export made, while it is kept. */
export interface JobFile {
  readonly key: string
  /** Bytes. */
  readonly size: number
  /** 64 hexadecimal digits. */
  readonly sha256: string
  readonly rows: number
  readonly expiresAt: Date
  /** By the database's clock: nobody is given the file any more. */
  readonly isExpired: boolean
  /** What a download is called. */
  readonly name: string
}

/** What a job waits for, though it is to blame for nothing of it. */
export interface JobOutage {
  /** Such as `DATABASE_UNAVAILABLE`. */
  readonly code: FaultCode
  /** One sentence that says what is wrong. */
  readonly message: string
  /** When it met this first without having got further since. */
  readonly since: Date
}

/** Of the import, or `ERRORS_CAPPED` where more errors were found than are listed. */
export type JobWarning = ImportWarning

export interface Job {
  /** A UUID. */
  readonly id: string
  readonly kind: JobKind
  readonly status: JobStatus
  /** `*` for the export of a bundle. */
  readonly resource: string
  /**
   * Of the file (`unknown` while the file of a URL has not come, where only the file can tell); for a bundle, of the
   * files in it.
   */
  readonly format: string
  /** The same as it was when the job was submitted. */
  readonly submittedFormat: string
  /** Of the export of a bundle; null for any other job. */
  readonly resources: readonly string[] | null
  /** The same for all imports that came in one bundle; null for any other job. */
  readonly bundle: string | null
  /** What an import was asked to do; `{}` for an export. */
  readonly options: ImportOptions
  /** What the caller noted of it. */
  readonly metadata: Readonly<Record<string, unknown>>
  /** The import that has to be completed before this one begins. */
  readonly after: string | null
  /** Resource of that import; null where there is none, or it is no longer kept. */
  readonly afterResource: string | null
  /** The storage that holds its file, while it could begin and no worker has had that storage for a while; else null. */
  readonly waitingForStorage: string | null
  /** What shared infrastructure it waits for until it is tried again; null while it waits for none. */
  readonly waitingFor: JobOutage | null
  readonly progress: JobProgress
  readonly createdAt: Date
  readonly startedAt: Date | null
  readonly completedAt: Date | null
  /** The time in which workers had it, up to its end or to now: without the pauses between its attempts. */
  readonly durationSeconds: number | null
  readonly rowsPerSecond: number | null
  /** Until the end, at the pace of this attempt; null unless it runs and has got on. */
  readonly etaSeconds: number | null
  readonly warnings: readonly JobWarning[]
  /** What a dry run could not judge, such as triggers. */
  readonly notJudged: readonly string[]
  /** Broken rules by code. */
  readonly errorsByCode: Readonly<Record<string, number>>
  /** Why it failed: a fault code, and a sentence that says what to do. */
  readonly errorCode: string | null
  readonly errorMessage: string | null
  /** Of a completed export. */
  readonly file: JobFile | null
}
