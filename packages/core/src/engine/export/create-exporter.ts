// createExporter: resources on a pool, and streams of them.
import type { Readable } from 'node:stream'
import { defaults } from '../../config/defaults.ts'
import { checkHookTimeout } from '../../errors/hook.ts'
import { LadingError } from '../../errors/lading-error.ts'
import { checkPool } from '../../postgres/pool/client.ts'
import { whenRead } from '../../util/open-when-read.ts'
import type { Resource } from '../resource/resource-types.ts'
import type { BundleOptions } from './bundle/bundle-export-options.ts'
import { bundleStream, planBundle, readBundleRequest } from './bundle/export-bundle.ts'
import { exportPipeline } from './export-pipeline.ts'
import type { ExporterOptions, StreamOptions } from './exporter-options.ts'
import { createPlanner } from './plan/planner.ts'

export interface Exporter<Known extends Resource = Resource> {
  /**
   * A file with the rows of a resource, in one snapshot and a total order. What it holds imports again unchanged.
   * Destroying the stream ends the query. An error in mid-stream destroys it, so that `pipeline` rejects and no
   * truncated file passes for a whole one.
   *
   * @throws LadingError at once, before anything is asked of a database: `RESOURCE_UNKNOWN`, `FORMAT_UNSUPPORTED`,
   * `FILTER_INVALID`, `OPTION_INVALID`; anything else, such as `SCOPE_FAILED`, is the stream's error
   *
   * @example
   * await pipeline(exporter.stream({ resource: 'users', format: 'ndjson', filters: { role: 'admin' } }), process.stdout)
   */
  stream(options: StreamOptions<Known>): Readable
  /**
   * Resolves if `stream` would begin, without printing anything. What the resource alone refuses, it refuses without
   * a query; the resource's `scope` is asked too.
   *
   * @throws LadingError `RESOURCE_UNKNOWN`, `FORMAT_UNSUPPORTED`, `FILTER_INVALID`, `OPTION_INVALID`, `SCOPE_FAILED`,
   * `RESOURCE_MISMATCH`, `DATABASE_UNAVAILABLE`
   */
  check(options: StreamOptions<Known>): Promise<void>
  /**
   * A `.tar.gz` with the rows of several resources as they were at one moment, each in the order of its primary key,
   * and a manifest in front that says what each file is. Resources come behind those that they refer to, and rows
   * behind rows of their own table that they refer to, so that an import takes them in this order. All of it is printed into a spool before the first byte can be read, because an
   * archive tells the sizes of its files first; the spool is empty again when the stream is closed.
   *
   * @throws LadingError at once `RESOURCE_UNKNOWN`, `OPTION_INVALID`; anything else is the stream's error, such as
   * `OPTION_INVALID` for resources that refer to each other in a circle
   *
   * @example
   * await pipeline(exporter.bundle({ resources: ['users', 'articles'] }), createWriteStream('backup.tar.gz'))
   */
  bundle(options?: BundleOptions<Known>): Readable
  /** Resolves if `bundle` would begin. @throws LadingError the same as `check`, and `OPTION_INVALID` for a circle */
  checkBundle(options?: BundleOptions<Known>): Promise<void>
}

/** @throws LadingError `CONFIG_INVALID`, `RESOURCE_INVALID` */
export function createExporter<Known extends Resource>(options: ExporterOptions<Known>): Exporter<Known>
export function createExporter(options: ExporterOptions): Exporter {
  const { pool, resources, noProgressSeconds, batchRows, sessionVariables } = options
  const timeoutSeconds = options.hookTimeoutSeconds ?? defaults.hookTimeoutSeconds
  checkHookTimeout(timeoutSeconds)
  const planner = createPlanner(pool, resources, sessionVariables, timeoutSeconds)
  checkPool(pool, noProgressSeconds)
  checkBatchRows(batchRows)
  return {
    async check(options) {
      await planner.plan(planner.read(options), { caller: options.caller })
    },
    bundle: (options = {}) =>
      bundleStream(pool, planner, readBundleRequest(planner, options), {
        ...options,
        batchRows,
        timeoutSeconds,
      }),
    async checkBundle(options = {}) {
      await planBundle(planner, readBundleRequest(planner, options), { caller: options.caller })
    },
    stream(options) {
      const request = planner.read(options)
      const { caller } = options
      return whenRead(async signal => {
        const plan = await planner.plan(request, { caller, signal })
        return exportPipeline(pool, plan, { ...options, batchRows, timeoutSeconds })
      })
    },
  }
}

function checkBatchRows(batchRows: number | undefined): void {
  if (batchRows === undefined || (Number.isSafeInteger(batchRows) && batchRows >= 1 && batchRows <= 100_000))
    return
  throw new LadingError('CONFIG_INVALID', 'The option batchRows must be a whole number from 1 to 100000.')
}
