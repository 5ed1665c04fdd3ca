// The environment → the limits of the server. An unset limit has the default of the library.
import type { HttpLimitsOptions } from '@lading/core/http'

export interface LimitsConfig {
  /** Limits of the service: uploads, streamed exports, the rate of bodies. */
  readonly limits: HttpLimitsOptions
  /** Seconds within which the headers of a request must arrive. */
  readonly headersSeconds: number
  /** The maximum number of sockets; one more is closed without a response. */
  readonly maxConnections: number
  /** The maximum number of unfinished jobs of one caller. */
  readonly activeJobsPerCaller: number | undefined
  /** The maximum number of waiting jobs of each kind. */
  readonly queueDepth: number
  /** Bytes to keep free on the disk of STORAGE_PATH. */
  readonly freeDiskBytes: number | undefined
  /** Addresses and networks of proxies whose `X-Forwarded-For` is trusted; empty: none. */
  readonly trustedProxies: readonly string[]
}

/** Undefined if the variable is not set. */
type Integer = (name: string, min: number, max: number) => number | undefined

/** @throws ConfigError */
export function readLimits(
  env: Readonly<Record<string, string | undefined>>,
  integer: Integer,
): LimitsConfig {
  return {
    limits: {
      uploads: integer('UPLOADS', 1, 10_000),
      uploadsPerCaller: integer('UPLOADS_PER_CALLER', 1, 10_000),
      streamedExports: integer('STREAMED_EXPORTS', 1, 10_000),
      streamedExportsPerCaller: integer('STREAMED_EXPORTS_PER_CALLER', 1, 10_000),
      downloads: integer('DOWNLOADS', 1, 10_000),
      downloadsPerCaller: integer('DOWNLOADS_PER_CALLER', 1, 10_000),
      bodySeconds: integer('BODY_SECONDS', 1, 604_800),
      bodyBytesPerSecond: integer('BODY_BYTES_PER_SECOND', 1, 1_073_741_824),
      bodyRateSeconds: integer('BODY_RATE_SECONDS', 1, 3_600),
      stalledAnswerSeconds: integer('STALLED_ANSWER_SECONDS', 1, 86_400),
      answerBytesPerSecond: integer('ANSWER_BYTES_PER_SECOND', 1, 1_073_741_824),
      answerRateSeconds: integer('ANSWER_RATE_SECONDS', 1, 86_400),
    },
    headersSeconds: integer('HEADERS_SECONDS', 1, 3_600) ?? 20,
    maxConnections: integer('MAX_CONNECTIONS', 1, 1_000_000) ?? 1_000,
    activeJobsPerCaller: integer('ACTIVE_JOBS_PER_CALLER', 1, 1_000_000),
    queueDepth: integer('QUEUE_DEPTH', 1, 1_000_000) ?? 10_000,
    freeDiskBytes: integer('FREE_DISK_BYTES', 0, Number.MAX_SAFE_INTEGER),
    trustedProxies: list(env.TRUSTED_PROXIES),
  }
}

/** Reads a comma-separated list. */
export function list(text = ''): readonly string[] {
  return text.split(',').flatMap(entry => entry.trim() || [])
}
