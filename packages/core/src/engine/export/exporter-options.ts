// Options of an exporter and of one stream.

import type { Pool } from '../../postgres/pool/client.ts'
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
  /** A `pg.Pool` without `query_timeout`. One connection is used for each stream that is being read. */
  readonly pool: Pool
  readonly resources: readonly Known[]
  /**
   * Seconds in which a connection of the pool may move no byte while an answer is due; then it is cut off, and a job
   * goes on with another one. A single statement that takes longer has to be allowed for.
   * @defaultValue what was said of the pool before, else 60
   */
  readonly noProgressSeconds?: number | undefined
  /**
   * Seconds that a hook may take for one answer; then the export fails with `HOOK_FAILED`. See docs/hooks.md.
   * @defaultValue 300
   */
  readonly hookTimeoutSeconds?: number | undefined
  /** Settings for the transaction of each export, such as those that policies of row-level security ask for. @defaultValue none */
  readonly sessionVariables?: SessionVariables | undefined
  /**
   * Rows per batch where they go through Node, because the resource has a `printRow`. The event loop turns between two
   * batches. @defaultValue 1000
   */
  readonly batchRows?: number | undefined
}

/** What is asked of one of these resources: which rows, which fields, in which order. */
export type Selection<Known extends Resource = Resource> = Known extends Resource
  ? ResourceSelection<Known>
  : never

export interface ResourceSelection<Known extends Resource> {
  /** Name of the resource. */
  readonly resource: Known['name']
  /**
   * By field, what its value must be: text as a CSV cell has it or a JSON value, several of them, null for none, or
   * bounds. A list or an object is one value of a field that holds such; several of these are given with `in`.
   */
  readonly filters?: ResourceFilters<Known> | undefined
  /** Which fields, in which order. @defaultValue those of the resource, in its order */
  readonly fields?: readonly ExportFieldName<Known>[] | undefined
  /**
   * Names of fields, `-` before one that descends; as a list, or divided by commas. Rows that are equal by them come
   * in the order of the primary key. @defaultValue the primary key
   */
  readonly sort?: string | readonly SortName<Known>[] | undefined
  /** Rows at most, from 1. @defaultValue all */
  readonly limit?: number | undefined
}

/** How the rows are written. */
export interface FileShape<Known extends Resource = Resource> {
  /** `csv`, `ndjson` or `json` (an array). */
  readonly format: FormatName<Known>
  /** CSV: between cells. @defaultValue `,` */
  readonly delimiter?: Delimiter | undefined
  /** CSV: begin with the names of the fields. @defaultValue true */
  readonly header?: boolean | undefined
  /** CSV: a byte order mark, CRLF, and a guard before what Excel would calculate. @defaultValue false */
  readonly excel?: boolean | undefined
  /** @defaultValue `'none'` */
  readonly compression?: 'none' | 'gzip' | undefined
}

export interface ExportProgress {
  readonly rows: number
  /** As they are sent: behind the compression. */
  readonly bytes: number
}

export type StreamOptions<Known extends Resource = Resource> = Selection<Known> &
  FileShape<Known> &
  StreamCallOptions

/** Who asks for a stream, and who hears of it. */
export interface StreamCallOptions {
  /** Who asks, for the resource's `scope`. */
  readonly caller?: Caller | undefined
  /**
   * Hears the number of rows, once the last one was printed. A promise is waited for. If it throws or rejects, the
   * stream ends with `HOOK_FAILED`, and no file passes for a whole one.
   */
  readonly onRows?: ((rows: number) => unknown) | undefined
  /** Hears how far the export is, while it is read. What it returns or throws is dealt with as that of `onRows` is. */
  readonly onProgress?: ((progress: ExportProgress) => unknown) | undefined
}
