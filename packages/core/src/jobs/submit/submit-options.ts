// Options of a submission: what to do, with which file, for which caller.
import type { BundleFormat } from '../../engine/export/bundle/bundle-export-options.ts'
import type { FileShape, Selection } from '../../engine/export/exporter-options.ts'
import type { FileOptions, ImportOptions } from '../../engine/import/import-options.ts'
import type { Caller } from '../../engine/resource/definition.ts'
import type { FormatName, Resource } from '../../engine/resource/resource-types.ts'
import type { ByteSource } from '../../engine/source/chunks.ts'
import type { Job } from '../store/job.ts'
import type { KeyClaim } from './claim-key.ts'

/** Options of any job. */
export interface JobNotes {
  /** Returned with the job's status: a JSON object of at most 4 KiB. @defaultValue {} */
  readonly metadata?: Readonly<Record<string, unknown>> | undefined
}

/** Options of an import that do not concern its file. */
export interface ImportNotes extends JobNotes {
  /**
   * Id of an import. This one starts when that one has completed, and fails with `AFTER_FAILED` if it does not
   * complete. So files with rows that refer to each other can be sent at once.
   */
  readonly after?: string | undefined
}

/** The options are frozen with the job: every attempt uses the same ones. */
export interface SubmitImport<Known extends Resource = Resource> extends ImportOptions, ImportNotes {
  readonly resource: Known['name']
  /** Stored before the job exists, so that the job can be resumed and retried. */
  readonly source: ByteSource
  /** `csv`, `ndjson` or `json` (an array). */
  readonly format: FormatName<Known>
  /** Maximum file size in bytes, both as sent and decompressed. @defaultValue no limit */
  readonly maxBytes?: number | undefined
  /** Called once the source has been read: returns options that come after the file, such as form fields. */
  readonly lateOptions?: (() => ImportOptions & ImportNotes) | undefined
  /** The caller. The job belongs to its tenant and stores it for the resource's `scope`. */
  readonly caller?: Caller | undefined
  /**
   * Whether the caller may see imports of this resource. Called for the import that `after` names; if it returns
   * false, that import does not exist for the caller. @defaultValue the caller may see all of them
   */
  readonly maySee?: ((resource: string) => Promise<boolean>) | undefined
  /**
   * The same request with the same key returns the job that it created the first time; nothing is started. 1 to 255
   * printable ASCII characters, or a claim made before the source was available.
   */
  readonly idempotencyKey?: string | KeyClaim | undefined
  /** Cancels the upload; neither a job nor a file is left. */
  readonly signal?: AbortSignal | undefined
}

/** An import whose file a worker fetches first. */
export interface SubmitRemoteImport<Known extends Resource = Resource>
  extends Omit<ImportOptions, 'compression'>,
    ImportNotes {
  readonly resource: Known['name']
  /**
   * An `http:` or `https:` URL that `createJobs({ remote })` allows. It may hold a secret: it is stored for the
   * worker until the file has been fetched, and is neither returned nor logged.
   */
  readonly url: string
  /** @defaultValue from the extension of the URL, else the content type, else the first bytes */
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
 * A bundle made by `exporter.bundle`. Each of its resources becomes an import that waits for those it refers to. The
 * options apply to all of them, except that `after` applies to the first.
 */
export interface SubmitBundleImport
  extends Omit<ImportOptions, 'dryRun' | 'atomic' | 'mapping' | keyof FileOptions>,
    ImportNotes,
    Pick<
      SubmitImport,
      'source' | 'maxBytes' | 'lateOptions' | 'caller' | 'maySee' | 'idempotencyKey' | 'signal'
    > {
  /** Called with the resources of the bundle as soon as they are known. An error that it throws ends the upload. */
  readonly permit?: ((resources: readonly string[]) => Promise<void>) | undefined
}

/** The jobs created from a bundle. */
export interface BundleJobs {
  /** The `bundle` of each of them. */
  readonly id: string
  /** In the order in which they are done. */
  readonly jobs: readonly Job[]
}

/** Options of a file that is downloaded later. */
export interface FileNotes extends JobNotes {
  /**
   * File name of the download. Folders and invisible characters are removed, and the correct extension is added.
   * @defaultValue the resource and the date
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

/** Frozen with the job, as the options of an import are. */
export type SubmitExport<Known extends Resource = Resource> = Selection<Known> &
  FileShape<Known> &
  SubmitExportNotes

/** Options of an export that do not concern the content of its file. */
export interface SubmitExportNotes extends FileNotes {
  /** The caller, for the resource's `scope`; stored with the job, and evaluated again at each attempt. */
  readonly caller?: Caller | undefined
  /** As for an import. */
  readonly idempotencyKey?: string | KeyClaim | undefined
}
