// The table of fault codes: the HTTP status of each, and whether a retry may help.

interface CodeFacts {
  /** HTTP status of the problem response, when the fault ends a request. */
  readonly status: number
  /** The same call may succeed later without changes. */
  readonly retryable: boolean
}

/**
 * Faults end a run; bad data never does (see `record-error.ts`). Codes are stable: programs match on them, and
 * messages are for people.
 */
export const faultCodes = {
  CONFIG_INVALID: { status: 500, retryable: false },
  RESOURCE_INVALID: { status: 500, retryable: false },
  RESOURCE_MISMATCH: { status: 500, retryable: false },
  RESOURCE_CHANGED: { status: 409, retryable: false },
  RESOURCE_UNKNOWN: { status: 400, retryable: false },
  OPTION_INVALID: { status: 400, retryable: false },
  FILTER_INVALID: { status: 400, retryable: false },
  SCOPE_FAILED: { status: 500, retryable: false },
  SCOPE_NOT_IMPORTABLE: { status: 403, retryable: false },
  FORMAT_UNSUPPORTED: { status: 415, retryable: false },
  FILE_EMPTY: { status: 400, retryable: false },
  HEADER_INVALID: { status: 400, retryable: false },
  ENCODING_INVALID: { status: 400, retryable: false },
  FILE_PARSE_ERROR: { status: 400, retryable: false },
  RECORD_TOO_LARGE: { status: 400, retryable: false },
  COMPRESSION_INVALID: { status: 400, retryable: false },
  BUNDLE_INVALID: { status: 400, retryable: false },
  BUNDLE_MISMATCH: { status: 409, retryable: false },
  TOO_MANY_ERRORS: { status: 422, retryable: false },
  IMPORT_ROLLED_BACK: { status: 422, retryable: false },
  JOB_ID_INVALID: { status: 400, retryable: false },
  JOB_NOT_FOUND: { status: 404, retryable: false },
  JOB_NOT_READY: { status: 409, retryable: false },
  JOB_ENDED: { status: 409, retryable: false },
  AFTER_FAILED: { status: 409, retryable: false },
  POISON: { status: 500, retryable: false },
  IDEMPOTENCY_KEY_INVALID: { status: 400, retryable: false },
  IDEMPOTENCY_KEY_REUSED: { status: 422, retryable: false },
  IDEMPOTENCY_IN_PROGRESS: { status: 409, retryable: true },
  URL_NOT_ALLOWED: { status: 400, retryable: false },
  NOT_A_DATA_FILE: { status: 415, retryable: false },
  SOURCE_UNAVAILABLE: { status: 502, retryable: true },
  FILE_TOO_LARGE: { status: 413, retryable: false },
  STORAGE_NOT_FOUND: { status: 404, retryable: false },
  STORAGE_ELSEWHERE: { status: 503, retryable: true },
  STORAGE_CORRUPT: { status: 500, retryable: false },
  STORAGE_KEY_INVALID: { status: 500, retryable: false },
  STORAGE_UNAVAILABLE: { status: 503, retryable: true },
  STORAGE_FULL: { status: 507, retryable: true },
  TOO_MANY_JOBS: { status: 429, retryable: true },
  QUEUE_FULL: { status: 503, retryable: true },
  VALUE_NOT_PRINTABLE: { status: 500, retryable: false },
  DATABASE_REFUSED: { status: 500, retryable: false },
  DATABASE_UNAVAILABLE: { status: 503, retryable: true },
  HOOK_FAILED: { status: 500, retryable: false },
  CANCELLED: { status: 499, retryable: true },
  INTERNAL: { status: 500, retryable: false },
} as const satisfies Record<string, CodeFacts>

export type FaultCode = keyof typeof faultCodes

/** The page that explains the codes. It ships with the package. */
const page = 'docs/errors.md'

/** The link to the explanation of a code. */
export function docsOf(code: FaultCode): string {
  return `${page}#${code}`
}
