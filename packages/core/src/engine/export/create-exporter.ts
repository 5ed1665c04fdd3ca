// createExporter: streams the rows of resources from a pool.
import type { Readable } from 'node:stream'
import { defaults } from '../../config/defaults.ts'
import { hookTimeout, wholeNumber } from '../../config/numbers.ts'
import { checkPool } from '../../postgres/pool/checkout.ts'
import { openOnRead } from '../../util/open-when-read.ts'
import type { Resource } from '../resource/resource-types.ts'
import type { BundleOptions } from './bundle/bundle-export-options.ts'
import { bundleStream, planBundle, readBundleRequest } from './bundle/export-bundle.ts'
import { exportPipeline } from './export-pipeline.ts'
import type { ExporterOptions, StreamOptions } from './exporter-options.ts'
import { createPlanner } from './plan/planner.ts'

export interface Exporter<Known extends Resource = Resource> {
  /**
   * Streams the rows of a resource as a file, in one snapshot and a total order. An import of the file restores the same
   * values. Destroying the stream ends the query. An error mid-stream destroys it, so that `pipeline` rejects and no
   * truncated file passes for a complete one.
   *
   * @throws LadingError synchronously, before any query: `RESOURCE_UNKNOWN`, `FORMAT_UNSUPPORTED`, `FILTER_INVALID`,
   * `OPTION_INVALID`; any other fault, such as `SCOPE_FAILED`, is the stream's error
   *
   * @example
   * await pipeline(exporter.stream({ resource: 'users', format: 'ndjson', filters: { role: 'admin' } }), process.stdout)
   */
  stream(options: StreamOptions<Known>): Readable
  /**
   * Checks whether `stream` would start, without printing anything. Options that the resource alone can reject need no
   * query. Calls the resource's `scope`.
   *
   * @throws LadingError `RESOURCE_UNKNOWN`, `FORMAT_UNSUPPORTED`, `FILTER_INVALID`, `OPTION_INVALID`, `SCOPE_FAILED`,
   * `RESOURCE_MISMATCH`, `DATABASE_UNAVAILABLE`
   */
  check(options: StreamOptions<Known>): Promise<void>
  /**
   * Streams a `.tar.gz` with the rows of several resources in one snapshot. It begins with a manifest that describes
   * each file. Rows are in the order of the primary key. Resources come after those that they refer to, and rows after
   * the rows of their own table that they refer to, so that an import can use this order. An archive states the size of
   * each file first, so everything is printed into a spool before the first byte can be read. The spool is empty again
   * when the stream is closed.
   *
   * @throws LadingError synchronously `RESOURCE_UNKNOWN`, `OPTION_INVALID`; any other fault is the stream's error, such
   * as `OPTION_INVALID` for a reference cycle between resources
   *
   * @example
   * await pipeline(exporter.bundle({ resources: ['users', 'articles'] }), createWriteStream('backup.tar.gz'))
   */
  bundle(options?: BundleOptions<Known>): Readable
  /** Checks whether `bundle` would start. @throws LadingError as `check` does, and `OPTION_INVALID` for a reference cycle */
  checkBundle(options?: BundleOptions<Known>): Promise<void>
}

/** @throws LadingError `CONFIG_INVALID`, `RESOURCE_INVALID` */
export function createExporter<Known extends Resource>(options: ExporterOptions<Known>): Exporter<Known>
export function createExporter(options: ExporterOptions): Exporter {
  const {
    pool,
    resources,
    noProgressSeconds,
    batchRows = defaults.exportBatchRows,
    sessionVariables,
  } = options
  const timeoutSeconds = hookTimeout(options.hookTimeoutSeconds ?? defaults.hookTimeoutSeconds)
  const planner = createPlanner(pool, resources, sessionVariables, timeoutSeconds)
  checkPool(pool, noProgressSeconds)
  wholeNumber('batchRows', batchRows, { minimum: 1, maximum: 100_000 })
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
      return openOnRead(async signal => {
        const plan = await planner.plan(request, { caller, signal })
        return exportPipeline(pool, plan, { ...options, batchRows, timeoutSeconds })
      })
    },
  }
}
