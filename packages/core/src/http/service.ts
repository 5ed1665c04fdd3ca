// What the handlers work with: the options of createHttp, made ready.
import { defaults } from '../config/defaults.ts'
import type { Exporter } from '../engine/export/create-exporter.ts'
import type { Resource } from '../engine/resource/define.ts'
import { createRegistry, type Registry } from '../engine/resource/registry.ts'
import { callHook, checkHookTimeout } from '../errors/hook.ts'
import { LadingError } from '../errors/lading-error.ts'
import type { Jobs } from '../jobs/jobs.ts'
import type { Authorize } from './admission/access.ts'
import { type ConcurrencyLimiter, createConcurrencyLimiter } from './admission/concurrency-limiter.ts'
import { type HttpLimits, type HttpLimitsOptions, readLimits } from './admission/limits.ts'
import { type Origins, readOrigins } from './admission/origins.ts'
import type { HttpRequest, HttpResponse } from './wire/message.ts'

/** The part of `Metrics` that HTTP uses. */
export interface HttpMetrics {
  httpRequest(request: {
    readonly method: string
    /** Template of the route; undefined where none matched. */
    readonly route: string | undefined
    readonly status: number
    readonly seconds: number
  }): void
  /** The answer to a scrape; mere text is in the format of Prometheus. Absent: nothing is exposed over HTTP. */
  expose?(): Promise<string | { readonly contentType: string; readonly body: string }>
}

export interface HttpOptions {
  readonly jobs: Jobs
  readonly exporter: Pick<Exporter, 'stream'>
  readonly resources: readonly Resource[]
  /** Without `expose`, `/metrics` is 404. */
  readonly metrics?: HttpMetrics | undefined
  /**
   * Says who asks, or throws `AccessRefused`; before the body is read. Jobs, their files and idempotency keys belong
   * to the caller's tenant, and those of another one are not there. @defaultValue everybody may do everything
   */
  readonly authorize?: Authorize | undefined
  /** For the OpenAPI document: how `authorize` wants to be convinced, by name; any one of them is enough. @defaultValue none */
  readonly securitySchemes?: Readonly<Record<string, object>> | undefined
  /** Bytes of the largest upload. @defaultValue 104857600 (100 MiB) */
  readonly maxFileBytes?: number | undefined
  /** What is taken at most, at the same time and of one request. @defaultValue what docs/limits.md says of each */
  readonly limits?: HttpLimitsOptions | undefined
  /**
   * Pages of which origins may use the service from a browser, such as `https://app.example.org`; `*`: those of all. Pages
   * of the service's own origin always may. @defaultValue none
   */
  readonly corsOrigins?: readonly string[] | undefined
  /** Seconds after which a part that does not answer counts as down. @defaultValue 3 */
  readonly healthTimeoutSeconds?: number | undefined
  /** True while the server shuts down: `/ready` says so, and new jobs are refused with 503. */
  readonly isDraining?: (() => boolean) | undefined
  /**
   * Hears every error that became a 5xx, for the log. It is not waited for; that it throws or rejects is said once as a
   * warning of the process. @defaultValue nobody
   */
  readonly onFault?: ((error: unknown, requestId: string) => unknown) | undefined
  /** Seconds that `authorize`, `principal` and `metrics.expose` may take for one answer. @defaultValue 30 */
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
  const { hookTimeoutSeconds = defaults.httpHookTimeoutSeconds } = options
  checkHookTimeout(hookTimeoutSeconds)
  const rate = { bytesPerSecond: limits.answerBytesPerSecond, seconds: limits.answerRateSeconds }
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

/** Anything but an answer, such as a promise, would say for ever that the server shuts down. */
function isDraining({ isDraining: ask }: HttpOptions): boolean {
  const answer: unknown = ask === undefined ? false : callHook('isDraining', ask)
  if (typeof answer === 'boolean') return answer
  throw new LadingError('HOOK_FAILED', 'isDraining returned neither true nor false.')
}
