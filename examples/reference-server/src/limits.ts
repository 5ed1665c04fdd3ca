// The environment → what the server takes at most. What is not set is left to the library, whose numbers have their reasons.
import type { GivenLimits } from '@lading/core/http'

export interface LimitsConfig {
  /** Of the service: uploads, streamed exports, how fast bodies must come. */
  readonly limits: GivenLimits
  /** Seconds for the headers of a request. */
  readonly headersSeconds: number
  /** Sockets; one more is closed unheard. */
  readonly maxConnections: number
  /** Jobs of one caller that may be there without having ended. */
  readonly activeJobsPerCaller: number | undefined
  /** Jobs that may wait for a worker, of each kind. */
  readonly queueDepth: number
  /** Bytes of the disk of STORAGE_PATH that are left free. */
  readonly freeDiskBytes: number | undefined
  /** Addresses and networks of proxies whose `X-Forwarded-For` is believed; empty: of nobody. */
  readonly trustedProxies: readonly string[]
}

/** Undefined where the variable is not set. */
type Integer = (name: string, least: number, greatest: number) => number | undefined

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

/** Divided by commas. */
export function list(text = ''): readonly string[] {
  return text.split(',').flatMap(entry => entry.trim() || [])
}
