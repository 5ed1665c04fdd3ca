// A Lading from createLading → the options of createHttp, so that nothing is configured twice.
import type { Exporter } from '../engine/export/create-exporter.ts'
import type { Resource } from '../engine/resource/resource-types.ts'
import type { Jobs } from '../jobs/jobs.ts'
import type { HttpMetrics, HttpOptions } from './http-service.ts'

/** The part of a `Lading` that HTTP serves. */
export interface ServedLading {
  readonly jobs: Jobs
  readonly exporter: Pick<Exporter, 'stream'>
  readonly resources: readonly Resource[]
  readonly metrics: HttpMetrics | undefined
  readonly limits: { readonly maxFileBytes?: number | undefined }
}

/** The options of the service that `createLading` does not have. */
export type ServedLadingOptions = Omit<HttpOptions, 'jobs' | 'exporter' | 'resources'>

/**
 * The options of `createHttp` for this `Lading`. `metrics` and `maxFileBytes` are those of the `Lading`, unless the
 * options override them.
 */
export function servedLading(
  { jobs, exporter, resources, metrics, limits }: ServedLading,
  options: ServedLadingOptions = {},
): HttpOptions {
  return {
    ...options,
    jobs,
    exporter,
    resources,
    metrics: options.metrics ?? metrics,
    maxFileBytes: options.maxFileBytes ?? limits.maxFileBytes,
  }
}
