// Options of an importer and of one run, with their units and what they cost.
import type { Writable } from 'node:stream'
import { defaults } from '../../config/defaults.ts'
import { checkHookTimeout } from '../../errors/hook.ts'
import { LadingError } from '../../errors/lading-error.ts'
import type { RecordError } from '../../errors/record-error.ts'
import type { Client, Pool } from '../../postgres/pool/client.ts'
import type { SynchronousCommit } from '../../postgres/transaction/commit-level.ts'
import type { Caller, SessionVariables } from '../resource/definition.ts'
import type { FormatName, Resource } from '../resource/resource-types.ts'
import type { ByteSource } from '../source/chunks.ts'
import type { ObjectSource } from '../source/objects.ts'
import type { ImportOptions } from './import-options.ts'

export interface ImporterOptions<Known extends Resource = Resource> {
  /** A `pg.Pool` without `query_timeout`. One connection is used for each run. */
  readonly pool: Pool
  readonly resources: readonly Known[]
  /**
   * Records per batch, which is a transaction. More costs memory and makes a dirty batch dearer; fewer costs
   * round trips. @defaultValue 4000
   */
  readonly batchRows?: number | undefined
  /** Bytes of source text per batch, whichever limit is met first. @defaultValue 4 MiB */
  readonly batchBytes?: number | undefined
  /** Bytes of the longest record; a longer one is an error. @defaultValue 1 MiB */
  readonly maxRecordBytes?: number | undefined
  /**
   * Seconds in which a connection of the pool may move no byte while an answer is due; then it is cut off, and a job
   * goes on with another one. A single statement that takes longer has to be allowed for.
   * @defaultValue what was said of the pool before, else 60
   */
  readonly noProgressSeconds?: number | undefined
  /**
   * Seconds that a hook may take for one answer; then the run fails with `HOOK_FAILED`. See docs/hooks.md.
   * @defaultValue 300
   */
  readonly hookTimeoutSeconds?: number | undefined
  /**
   * What every commit of imports and jobs on this pool waits for. With a level of the standbys nothing is lost that was
   * reported when one of them is promoted; each batch then waits for them too. Without it, what is reported is on the
   * disk of the server, or where the role or the database says so, on standbys.
   * @defaultValue what `synchronous_commit` is for the connection; where that is `off`, `on` for what is reported
   */
  readonly synchronousCommit?: SynchronousCommit | undefined
  /**
   * Settings for each transaction that writes rows, such as those that policies of row-level security ask for. In a
   * transaction of yours (`run({ client })`) they stay set to its end. @defaultValue none
   */
  readonly sessionVariables?: SessionVariables | undefined
}

export interface RunOptions<Known extends Resource = Resource> extends ImportOptions {
  /** Name of a resource. */
  readonly resource: Known['name']
  /** A file as a Node or Web stream, bytes or chunks of bytes; or objects, if no `format` is given. */
  readonly source: ByteSource | ObjectSource
  /** `csv`, `ndjson` or `json` (an array). Without it, `source` yields objects. */
  readonly format?: FormatName<Known> | undefined
  /** Bytes of the largest file, counted when they are no longer compressed. @defaultValue no limit */
  readonly maxBytes?: number | undefined
  /** Who asks, for the resource's `scope` and the importer's `sessionVariables`. */
  readonly caller?: Caller | undefined
  /**
   * A connection inside a transaction of yours. Nothing is committed or rolled back; when `run` throws, roll back.
   * @defaultValue a connection of the pool, with a transaction for each batch
   */
  readonly client?: Client | undefined
  /**
   * Hears every record error, once its batch is in; the report keeps the first 1,000. A promise is waited for. If it
   * throws or rejects, the run ends with `HOOK_FAILED`; what is committed stays.
   */
  readonly onError?: ((error: RecordError) => unknown) | undefined
  /**
   * Takes the rejected records as a file in the format they came in, in UTF-8, objects as NDJSON; it is ended with
   * the run. A CSV file begins with the column `lading_error`, which an import ignores. The run goes no faster than
   * it takes them.
   */
  readonly rejects?: Writable | undefined
  /** Hears the counts after each batch. What it returns or throws is dealt with as that of `onError` is. */
  readonly onProgress?: ((progress: ImportProgress) => unknown) | undefined
  /**
   * Ends the run: between two batches, and at once while it waits for the source, a hook or a connection; what is
   * committed stays.
   */
  readonly signal?: AbortSignal | undefined
}

export interface ImportProgress {
  /** Records judged so far: `successful + failed`. */
  readonly processed: number
  readonly successful: number
  readonly failed: number
  /** Bytes of the source, decoded to UTF-8, that these records are. 0 for objects. */
  readonly bytes: number
}

export interface Limits {
  readonly batchRows: number
  readonly batchBytes: number
  readonly maxRecordBytes: number
  readonly hookTimeoutSeconds: number
}

/** @throws LadingError `CONFIG_INVALID` naming the option. */
export function readLimits(options: ImporterOptions): Limits {
  const limits = {
    batchRows: options.batchRows ?? defaults.batchRows,
    batchBytes: options.batchBytes ?? defaults.batchBytes,
    maxRecordBytes: options.maxRecordBytes ?? defaults.maxRecordBytes,
    hookTimeoutSeconds: options.hookTimeoutSeconds ?? defaults.hookTimeoutSeconds,
  }
  checkHookTimeout(limits.hookTimeoutSeconds)
  for (const [name, value] of Object.entries(limits)) {
    if (!Number.isSafeInteger(value) || value < 1) {
      throw new LadingError(
        'CONFIG_INVALID',
        `The option ${name} must be a whole number from 1; it is ${value}.`,
      )
    }
  }
  return limits
}
