// Options of an exporter and of one stream.

import type { Pool } from '../../postgres/pool/checkout.ts'
import type { Delimiter } from '../format/format.ts'
import type { Caller, SessionVariables } from '../resource/definition.ts'
import type {
  ExportFieldName,
  FormatName,
  Resource,
  ResourceFilters,
  SortName,
} from '../resource/resource-types.ts'

export interface ExporterOptions<Known extends Resource = Resource> {
  /** A `pg.Pool` without `query_timeout`. Each stream that is being read uses one connection. */
  readonly pool: Pool
  readonly resources: readonly Known[]
  /**
   * Seconds without a byte in either direction while an answer is pending; then the connection is cut off, and a job
   * continues on another one. Must exceed the duration of the longest statement.
   * @defaultValue the earlier value for this pool, else 60
   */
  readonly noProgressSeconds?: number | undefined
  /**
   * Seconds that one call of a hook may take; then the export fails with `HOOK_FAILED`. See docs/hooks.md.
   * @defaultValue 300
   */
  readonly hookTimeoutSeconds?: number | undefined
  /** Settings for the transaction of each export, such as those that row-level security policies need. @defaultValue none */
  readonly sessionVariables?: SessionVariables | undefined
  /**
   * Rows per batch if they go through Node, because the resource has a `printRow`. The event loop runs between two
   * batches. @defaultValue 1000
   */
  readonly batchRows?: number | undefined
}

/** Which rows and fields of one of these resources, in which order. */
export type Selection<Known extends Resource = Resource> = Known extends Resource
  ? ResourceSelection<Known>
  : never

export interface ResourceSelection<Known extends Resource> {
  /** Name of the resource. */
  readonly resource: Known['name']
  /**
   * Conditions by field: a value (CSV text or JSON), a list of values, null, or bounds. For a field of lists or objects,
   * a list or an object is one value; pass several with `in`.
   */
  readonly filters?: ResourceFilters<Known> | undefined
  /** Names of fields, in the order of output. @defaultValue those of the resource, in its order */
  readonly fields?: readonly ExportFieldName<Known>[] | undefined
  /**
   * Names of fields, with `-` before one for descending order; a list, or a text separated by commas. Ties are in the
   * order of the primary key. @defaultValue the primary key
   */
  readonly sort?: string | readonly SortName<Known>[] | undefined
  /** Maximum number of rows, from 1. @defaultValue all */
  readonly limit?: number | undefined
}

/** How the rows are written. */
export interface FileShape<Known extends Resource = Resource> {
  /** `csv`, `ndjson` or `json` (an array). */
  readonly format: FormatName<Known>
  /** CSV: separates cells. @defaultValue `,` */
  readonly delimiter?: Delimiter | undefined
  /** CSV: begin with a header of field names. @defaultValue true */
  readonly header?: boolean | undefined
  /** CSV: a byte order mark, CRLF, and a guard before text that Excel would read as a formula. @defaultValue false */
  readonly excel?: boolean | undefined
  /** @defaultValue `'none'` */
  readonly compression?: 'none' | 'gzip' | undefined
}

export interface ExportProgress {
  readonly rows: number
  /** Bytes as sent, after compression. */
  readonly bytes: number
}

export type StreamOptions<Known extends Resource = Resource> = Selection<Known> &
  FileShape<Known> &
  StreamCallOptions

/** The caller and the listeners of a stream. */
export interface StreamCallOptions {
  /** The caller, for the resource's `scope`. */
  readonly caller?: Caller | undefined
  /**
   * Called with the number of rows, after the last one is printed. A promise is awaited. If it throws or rejects, the
   * stream fails with `HOOK_FAILED`, so that no file passes for a complete one.
   */
  readonly onRows?: ((rows: number) => unknown) | undefined
  /** Called with the progress while the stream is read. Promises and errors are handled as for `onRows`. */
  readonly onProgress?: ((progress: ExportProgress) => unknown) | undefined
}
