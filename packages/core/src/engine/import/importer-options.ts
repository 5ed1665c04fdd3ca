// Options of an importer and of one run, with their units and costs.
import type { Writable } from 'node:stream'
import { defaults } from '../../config/defaults.ts'
import { hookTimeout, wholeNumber } from '../../config/numbers.ts'
import type { RecordError } from '../../errors/record-error.ts'
import type { Client, Pool } from '../../postgres/pool/checkout.ts'
import type { SynchronousCommit } from '../../postgres/transaction/commit-level.ts'
import type { Caller, SessionVariables } from '../resource/definition.ts'
import type { FormatName, Resource } from '../resource/resource-types.ts'
import type { ByteSource } from '../source/chunks.ts'
import type { ObjectSource } from '../source/objects.ts'
import type { ImportOptions } from './import-options.ts'

export interface ImporterOptions<Known extends Resource = Resource> {
  /** A `pg.Pool` without `query_timeout`. Each run uses one connection, or up to `connections`. */
  readonly pool: Pool
  readonly resources: readonly Known[]
  /**
   * Records per batch; a batch is a transaction. More cost memory and make a batch with errors more expensive; fewer cost
   * round trips. @defaultValue 4000
   */
  readonly batchRows?: number | undefined
  /** Bytes of source text per batch, whichever limit is reached first. @defaultValue 4 MiB */
  readonly batchBytes?: number | undefined
  /** Maximum size of a record in bytes; a longer one is an error. @defaultValue 1 MiB */
  readonly maxRecordBytes?: number | undefined
  /**
   * Connections that one import may use. With two, a batch is copied while the one before it commits. Only connections that are free
   * when the run begins are taken, and one is left in the pool; a worker leaves one for each other worker and three more. Dry runs, atomic runs and runs with `maxErrors` or in your own
   * transaction use one; so do tables with triggers, policies, sequences or functions of your own.
   * @defaultValue 1
   */
  readonly connections?: number | undefined
  /**
   * Seconds without a byte in either direction while an answer is pending; then the connection is cut off, and a job
   * continues on another one. Must exceed the duration of the longest statement.
   * @defaultValue the earlier value for this pool, else 60
   */
  readonly noProgressSeconds?: number | undefined
  /**
   * Seconds that one call of a hook may take; then the run fails with `HOOK_FAILED`. See docs/hooks.md.
   * @defaultValue 300
   */
  readonly hookTimeoutSeconds?: number | undefined
  /**
   * What every commit of imports and jobs on this pool waits for. With a standby level, promoting a standby loses no
   * reported data, but each batch waits for the standbys. Without one, reported data is on the disk of the server, or on
   * standbys if the role or the database says so.
   * @defaultValue `synchronous_commit` of the connection; if that is `off`, `on` for reported commits
   */
  readonly synchronousCommit?: SynchronousCommit | undefined
  /**
   * Settings for each transaction that writes rows, such as those that row-level security policies need. In your own
   * transaction (`run({ client })`) they stay set until it ends. @defaultValue none
   */
  readonly sessionVariables?: SessionVariables | undefined
}

export interface RunOptions<Known extends Resource = Resource> extends ImportOptions {
  /** Name of a resource. */
  readonly resource: Known['name']
  /** A file as a Node or Web stream, bytes or chunks of bytes; or objects, without `format`. */
  readonly source: ByteSource | ObjectSource
  /** `csv`, `ndjson` or `json` (an array). Without it, `source` yields objects. */
  readonly format?: FormatName<Known> | undefined
  /** Maximum size of the file in bytes, after decompression. @defaultValue no limit */
  readonly maxBytes?: number | undefined
  /** The caller, for the resource's `scope` and the importer's `sessionVariables`. */
  readonly caller?: Caller | undefined
  /**
   * A connection in your own transaction. `run` neither commits nor rolls it back; roll back if `run` throws.
   * @defaultValue a connection of the pool, with a transaction for each batch
   */
  readonly client?: Client | undefined
  /**
   * Called with every record error, after its batch is merged; the report has only the first 1,000. A promise is
   * awaited. If it throws or rejects, the run ends with `HOOK_FAILED`; committed batches stay.
   */
  readonly onError?: ((error: RecordError) => unknown) | undefined
  /**
   * Receives the rejected records as a file in their original format, in UTF-8, objects as NDJSON, and is ended with the
   * run. A CSV file begins with the column `lading_error`, which an import ignores. A slow stream slows the run down.
   */
  readonly rejects?: Writable | undefined
  /** Called with the counts after each batch. Promises and errors are handled as for `onError`. */
  readonly onProgress?: ((progress: ImportProgress) => unknown) | undefined
  /**
   * Ends the run: between two batches, and immediately while it waits for the source, a hook or a connection. Committed
   * batches stay.
   */
  readonly signal?: AbortSignal | undefined
}

export interface ImportProgress {
  /** Records judged so far: `successful + failed`. */
  readonly processed: number
  readonly successful: number
  readonly failed: number
  /** Bytes of these records, decoded to UTF-8. 0 for objects. */
  readonly bytes: number
}

export interface Limits {
  readonly batchRows: number
  readonly batchBytes: number
  readonly maxRecordBytes: number
  readonly connections: number
  readonly hookTimeoutSeconds: number
}

/** @throws LadingError `CONFIG_INVALID` naming the option. */
export function readLimits(options: ImporterOptions): Limits {
  const whole = (name: 'batchRows' | 'batchBytes' | 'maxRecordBytes' | 'connections') =>
    wholeNumber(name, options[name] ?? defaults[name], { minimum: 1 })
  return {
    batchRows: whole('batchRows'),
    batchBytes: whole('batchBytes'),
    maxRecordBytes: whole('maxRecordBytes'),
    connections: whole('connections'),
    hookTimeoutSeconds: hookTimeout(options.hookTimeoutSeconds ?? defaults.hookTimeoutSeconds),
  }
}
