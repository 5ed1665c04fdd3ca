// What a caller says when a job is submitted: what to do, with which file, for whom.
import type { BundleFormat } from '../../engine/export/bundle/bundle-export-options.ts'
import type { FileShape, Selection } from '../../engine/export/exporter-options.ts'
import type { ImportOptions } from '../../engine/import/import-options.ts'
import type { Caller } from '../../engine/resource/definition.ts'
import type { FormatName, Resource } from '../../engine/resource/resource-types.ts'
import type { ByteSource } from '../../engine/source/chunks.ts'
import type { Job } from '../store/job.ts'
import type { KeyClaim } from './claim-key.ts'

/** What a caller may say of any job. */
export interface JobNotes {
  /** Given back with its status: a JSON object of at most 4 KiB. @defaultValue {} */
  readonly metadata?: Readonly<Record<string, unknown>> | undefined
}

/** What a caller may say of an import beside what it does with the file. */
export interface ImportNotes extends JobNotes {
  /**
   * Id of an import. This one begins when that one has completed, and fails with `AFTER_FAILED` if it has not: rows
   * that refer to each other can be sent at once.
   */
  readonly after?: string | undefined
}

/** The settings are frozen with the job: every attempt at it does the same. */
export interface SubmitImport<Known extends Resource = Resource> extends ImportOptions, ImportNotes {
  readonly resource: Known['name']
  /** Kept in the storage before the job exists, so that the job can be resumed and retried. */
  readonly source: ByteSource
  /** `csv`, `ndjson` or `json` (an array). */
  readonly format: FormatName<Known>
  /** Bytes of the largest file, as it is sent and as it is when it is no longer compressed. @defaultValue no limit */
  readonly maxBytes?: number | undefined
  /** Asked for when the source has been read: settings that come behind the file, such as fields of a form. */
  readonly laterSettings?: (() => ImportOptions & ImportNotes) | undefined
  /** Who asks. The job belongs to the tenant, and is kept with the caller for the resource's `scope`. */
  readonly caller?: Caller | undefined
  /**
   * Whether the caller may see imports of this resource. Asked about the import that `after` names: where it says no,
   * that import does not exist for the caller. @defaultValue the caller may see all of them
   */
  readonly maySee?: ((resource: string) => Promise<boolean>) | undefined
  /**
   * Submitted again with the same key, the same request gets the job that it became the first time, and nothing is
   * begun. 1 to 255 printable ASCII characters; or a key that was claimed before the source was there.
   */
  readonly idempotencyKey?: string | KeyClaim | undefined
  /** Ends the upload; neither a job nor a file is left. */
  readonly signal?: AbortSignal | undefined
}

/** An import whose file a worker fetches, as the first thing that it does. */
export interface SubmitRemoteImport<Known extends Resource = Resource>
  extends Omit<ImportOptions, 'compression'>,
    ImportNotes {
  readonly resource: Known['name']
  /**
   * `http:` or `https:`, of a server that `createJobs({ remote })` allows. It may hold a secret: it is kept until the
   * file has come, for the worker only, and neither told nor logged.
   */
  readonly url: string
  /** @defaultValue what the name at the end of the URL tells, else the content type, else the first bytes */
  readonly format?: FormatName<Known> | undefined
  /** As for an upload. */
  readonly maxBytes?: number | undefined
  /** As for an upload. */
  readonly caller?: Caller | undefined
  /** As for an upload. */
  readonly maySee?: ((resource: string) => Promise<boolean>) | undefined
  /** As for an upload; the same request has the same URL. */
  readonly idempotencyKey?: string | KeyClaim | undefined
}

/**
 * A file that `exporter.bundle` made. Each of its resources becomes an import of its own, behind those that it refers
 * to; the settings and notes are those of all of them, and `after` is that of the first.
 */
export interface SubmitBundleImport
  extends Pick<ImportOptions, 'onConflict' | 'maxErrors' | 'unknownColumns' | 'sequences'>,
    ImportNotes,
    Pick<
      SubmitImport,
      'source' | 'maxBytes' | 'laterSettings' | 'caller' | 'maySee' | 'idempotencyKey' | 'signal'
    > {
  /** Hears which resources are in it, as soon as that is read. What it throws ends the upload. */
  readonly permit?: ((resources: readonly string[]) => Promise<void>) | undefined
}

/** What a bundle has become. */
export interface BundleJobs {
  /** The `bundle` of each of them. */
  readonly id: string
  /** In the order in which they are done. */
  readonly jobs: readonly Job[]
}

/** What a caller may say of a file that is fetched later. */
export interface FileNotes extends JobNotes {
  /**
   * What a download is called. Folders and invisible characters are taken off, and the ending that belongs to the
   * file is put on. @defaultValue after the resource and the day
   */
  readonly fileName?: string | undefined
}

export interface SubmitBundleExport<Known extends Resource = Resource> extends FileNotes {
  /** @defaultValue all */
  readonly resources?: readonly Known['name'][] | undefined
  /** Of the files in the bundle: `ndjson` or `csv`. @defaultValue `'ndjson'` */
  readonly format?: FormatName<Known, BundleFormat> | undefined
  /** As for any export. */
  readonly caller?: Caller | undefined
  /** As for an import. */
  readonly idempotencyKey?: string | KeyClaim | undefined
}

/** Frozen with the job, as are the settings of an import. */
export type SubmitExport<Known extends Resource = Resource> = Selection<Known> &
  FileShape<Known> &
  SubmitExportNotes

/** What a caller may say of an export beside what the file holds. */
export interface SubmitExportNotes extends FileNotes {
  /** Who asks, for the resource's `scope`; kept with the job, and asked for again at each attempt. */
  readonly caller?: Caller | undefined
  /** As for an import. */
  readonly idempotencyKey?: string | KeyClaim | undefined
}
