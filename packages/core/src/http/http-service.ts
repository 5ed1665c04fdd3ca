// The options of createHttp → the Service, with which the handlers work.
import { defaults } from '../config/defaults.ts'
import { hookTimeout } from '../config/numbers.ts'
import type { Exporter } from '../engine/export/create-exporter.ts'
import type { Resource } from '../engine/resource/define.ts'
import { createRegistry, type Registry } from '../engine/resource/registry.ts'
import { callHook } from '../errors/hook.ts'
import { LadingError } from '../errors/lading-error.ts'
import type { Jobs } from '../jobs/jobs.ts'
import type { Authorize } from './admission/access.ts'
import { type ConcurrencyLimiter, createConcurrencyLimiter } from './admission/concurrency-limiter.ts'
import { type HttpLimits, type HttpLimitsOptions, readLimits } from './admission/http-limits.ts'
import { type Origins, readOrigins } from './admission/origins.ts'
import type { HttpRequest, HttpResponse } from './wire/message.ts'

/** The part of `Metrics` that HTTP uses. */
export interface HttpMetrics {
  httpRequest(request: {
    readonly method: string
    /** The template of the route; undefined if none matched. */
    readonly route: string | undefined
    readonly status: number
    readonly seconds: number
  }): void
  /** The response to a scrape; a string is in the Prometheus text format. Absent: nothing is exposed over HTTP. */
  expose?(): Promise<string | { readonly contentType: string; readonly body: string }>
}

export interface HttpOptions {
  readonly jobs: Jobs
  readonly exporter: Pick<Exporter, 'stream'>
  readonly resources: readonly Resource[]
  /** Without `expose`, `/metrics` is 404. */
  readonly metrics?: HttpMetrics | undefined
  /**
   * Returns the caller or throws `AccessRefused`, before the body is read. Jobs, their files and idempotency keys belong
   * to the caller's tenant, and are invisible to other tenants. @defaultValue every request may do everything
   */
  readonly authorize?: Authorize | undefined
  /** For the OpenAPI document: the security schemes that `authorize` accepts, by name; any one is enough. @defaultValue none */
  readonly securitySchemes?: Readonly<Record<string, object>> | undefined
  /** The maximum size of an upload in bytes. @defaultValue 104857600 (100 MiB) */
  readonly maxFileBytes?: number | undefined
  /** Limits on concurrent requests and on each request. @defaultValue see docs/limits.md */
  readonly limits?: HttpLimitsOptions | undefined
  /**
   * Origins whose pages may use the service from a browser, such as `https://app.example.org`, or `*` for all. Pages of
   * the service's own origin always may. @defaultValue none
   */
  readonly corsOrigins?: readonly string[] | undefined
  /** Seconds after which a health check that does not answer counts as down. @defaultValue 3 */
  readonly healthTimeoutSeconds?: number | undefined
  /** True while the server shuts down: `/ready` reports it, and new jobs are refused with 503. */
  readonly isDraining?: (() => boolean) | undefined
  /**
   * Called with every error that became a 5xx, for the log, and not awaited. If it throws or rejects, the process
   * emits one warning. @defaultValue none
   */
  readonly onFault?: ((error: unknown, requestId: string) => unknown) | undefined
  /** Seconds that one call of `authorize`, `principal` or `metrics.expose` may take. @defaultValue 30 */
  readonly hookTimeoutSeconds?: number | undefined
}

export interface Service {
  readonly jobs: Jobs
  readonly exporter: Pick<Exporter, 'stream'>
  readonly registry: Registry
  readonly metrics: HttpMetrics | undefined
  readonly authorize: Authorize | undefined
  readonly maxFileBytes: number
  readonly limits: HttpLimits
  readonly uploads: ConcurrencyLimiter
  readonly streamedExports: ConcurrencyLimiter
  readonly downloads: ConcurrencyLimiter
  readonly origins: Origins
  readonly healthTimeoutSeconds: number
  /** @throws LadingError `HOOK_FAILED` */
  readonly isDraining: () => boolean
  readonly hookTimeoutSeconds: number
  /** The OpenAPI document, without the mount prefix. */
  readonly openApi: () => object
}

export type Handler = (request: HttpRequest, service: Service) => Promise<HttpResponse> | HttpResponse

/** @throws LadingError `CONFIG_INVALID` */
export function createService(options: HttpOptions, openApi: () => object): Service {
  const limits = readLimits(options.limits)
  const hookTimeoutSeconds = hookTimeout(options.hookTimeoutSeconds ?? defaults.httpHookTimeoutSeconds)
  const rate = { bytesPerSecond: limits.answerBytesPerSecond, windowSeconds: limits.answerRateSeconds }
  return {
    jobs: options.jobs,
    exporter: options.exporter,
    registry: createRegistry(options.resources),
    metrics: options.metrics,
    authorize: options.authorize,
    maxFileBytes: options.maxFileBytes ?? 100 * 1024 * 1024,
    limits,
    uploads: createConcurrencyLimiter({
      all: limits.uploads,
      perCaller: limits.uploadsPerCaller,
      code: 'TOO_MANY_UPLOADS',
      what: 'uploads',
    }),
    streamedExports: createConcurrencyLimiter({
      all: limits.streamedExports,
      perCaller: limits.streamedExportsPerCaller,
      code: 'TOO_MANY_EXPORTS',
      what: 'streamed exports',
      rate,
    }),
    downloads: createConcurrencyLimiter({
      all: limits.downloads,
      perCaller: limits.downloadsPerCaller,
      code: 'TOO_MANY_DOWNLOADS',
      what: 'downloads',
      rate,
    }),
    origins: readOrigins(options.corsOrigins),
    healthTimeoutSeconds: options.healthTimeoutSeconds ?? 3,
    isDraining: () => isDraining(options),
    hookTimeoutSeconds,
    openApi,
  }
}

/** Checked, because any other value, such as a promise, would be truthy for ever. */
function isDraining({ isDraining: hook }: HttpOptions): boolean {
  const result: unknown = hook === undefined ? false : callHook('isDraining', hook)
  if (typeof result === 'boolean') return result
  throw new LadingError('HOOK_FAILED', 'isDraining returned neither true nor false.')
}
