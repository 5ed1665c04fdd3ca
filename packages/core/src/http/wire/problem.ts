// Any error → a problem response (RFC 9457): a code and one sentence, without internal details.
import { STATUS_CODES } from 'node:http'
import type { FaultCode } from '../../errors/codes.ts'
import { LadingError } from '../../errors/lading-error.ts'
import type { HttpResponse } from './message.ts'

/** Codes that only HTTP has. They are as stable as those of `errors/codes.ts`. */
export const httpCodes = {
  BODY_INVALID: 400,
  AUTHENTICATION_REQUIRED: 401,
  ACCESS_DENIED: 403,
  ORIGIN_NOT_ALLOWED: 403,
  ROUTE_UNKNOWN: 404,
  METHOD_NOT_ALLOWED: 405,
  BODY_TOO_SLOW: 408,
  FILE_EXPIRED: 410,
  BODY_TOO_LARGE: 413,
  MEDIA_TYPE_UNSUPPORTED: 415,
  RANGE_INVALID: 416,
  TOO_MANY_UPLOADS: 429,
  TOO_MANY_EXPORTS: 429,
  TOO_MANY_DOWNLOADS: 429,
  SERVER_DRAINING: 503,
} as const satisfies Record<string, number>

export type HttpCode = keyof typeof httpCodes

/** A request that was refused for a reason specific to HTTP. */
export class HttpFault extends Error {
  override readonly name = 'HttpFault'

  constructor(
    readonly code: HttpCode,
    message: string,
    readonly headers: Readonly<Record<string, string>> = {},
  ) {
    super(message)
  }
}

interface Problem {
  readonly status: number
  readonly code: FaultCode | HttpCode
  readonly detail: string
  readonly headers: Readonly<Record<string, string>>
}

/** The default Retry-After in seconds. */
const retryAfterSeconds = 5

export function problemResponse(error: unknown, requestId: string): HttpResponse {
  const { status, code, detail, headers } = problemOf(error)
  return {
    status,
    headers: {
      'Content-Type': 'application/problem+json; charset=utf-8',
      ...((status === 503 || status === 429 || code === 'IDEMPOTENCY_IN_PROGRESS') && {
        'Retry-After': String(retryAfterSeconds),
      }),
      ...headers,
    },
    body: JSON.stringify({
      type: 'about:blank',
      title: STATUS_CODES[status] ?? 'Client Closed Request',
      status,
      code,
      detail,
      // For clients that read nothing else.
      error: detail,
      request_id: requestId,
    }),
  }
}

/** The status of the response that this error becomes. */
export function statusOf(error: unknown): number {
  return problemOf(error).status
}

function problemOf(error: unknown): Problem {
  if (error instanceof HttpFault) {
    return { status: httpCodes[error.code], code: error.code, detail: error.message, headers: error.headers }
  }
  // A hook's error message is text of the application, and may contain anything.
  if (error instanceof LadingError && error.code !== 'HOOK_FAILED' && error.code !== 'INTERNAL') {
    return { status: error.status, code: error.code, detail: error.message, headers: {} }
  }
  return {
    status: 500,
    code: error instanceof LadingError ? error.code : 'INTERNAL',
    detail: 'Something unexpected went wrong on the server; its log has the details under this request_id.',
    headers: {},
  }
}
