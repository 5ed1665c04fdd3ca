// Browser origins: which may use the service, the CORS headers for them, and the refusal of all others.
import { LadingError } from '../../errors/lading-error.ts'
import { type HttpInput, type HttpResponse, header } from '../wire/message.ts'
import { HttpFault } from '../wire/problem.ts'

export interface Origins {
  /**
   * Refuses a request that changes something if a page of another origin sent it. A browser sends forms, and bodies of
   * a few types, from any page to any server without a preflight. That server may be one that only the user can reach,
   * such as a service on localhost.
   *
   * @throws HttpFault `ORIGIN_NOT_ALLOWED`
   */
  refuseForeignOrigin(request: Pick<HttpInput, 'method' | 'headers'>): void
  /** Adds the CORS headers that let the page read the response, if its origin is allowed. */
  withCorsHeaders(response: HttpResponse, request: Pick<HttpInput, 'headers'>): HttpResponse
  /**
   * Headers of the response to a preflight (https://fetch.spec.whatwg.org/#cors-preflight-fetch). Empty if the request
   * is not a preflight, or its origin is not allowed.
   */
  preflight(request: Pick<HttpInput, 'headers'>, allowed: readonly string[]): Record<string, string>
}

/** Methods that change nothing (RFC 9110, 9.2.1). */
const safeMethods = ['GET', 'HEAD', 'OPTIONS']

/** Headers beyond the safelisted ones that a page may send, and that it may read. */
const requestHeaders =
  'Authorization, Content-Encoding, Content-Type, Idempotency-Key, If-None-Match, If-Range, Range, X-API-Key, X-Request-Id'
const answerHeaders =
  'Accept-Ranges, Content-Disposition, Content-Range, ETag, Idempotency-Replayed, Location, Repr-Digest, Retry-After, WWW-Authenticate, X-Request-Id'

/** Seconds for which a browser may cache a preflight. */
const preflightSeconds = 600

/** Checks the origins only, so that a host can report where a wrong one was configured. @throws LadingError `CONFIG_INVALID` */
export function checkOrigins(corsOrigins: readonly string[]): void {
  readOrigins(corsOrigins)
}

/** @throws LadingError `CONFIG_INVALID` for a text that is not an origin */
export function readOrigins(corsOrigins: readonly string[] = []): Origins {
  const allowedOrigins = new Set(corsOrigins.map(checkedOrigin))
  const isAllowed = (origin: string | undefined) =>
    origin !== undefined && (allowedOrigins.has('*') || allowedOrigins.has(origin))

  return {
    refuseForeignOrigin(request) {
      if (safeMethods.includes(request.method)) return
      const origin = header(request, 'origin')
      if (isAllowed(origin) || !isForeign(request, origin)) return
      throw new HttpFault(
        'ORIGIN_NOT_ALLOWED',
        'Pages of this origin may not use the service; the operator can allow it.',
      )
    },
    withCorsHeaders(response, request) {
      if (allowedOrigins.size === 0) return response
      const origin = header(request, 'origin')
      const { Vary: vary, ...headers } = response.headers
      return {
        ...response,
        headers: {
          ...headers,
          // A cache must not give one origin's answer to another.
          Vary: vary === undefined ? 'Origin' : `${vary}, Origin`,
          ...(isAllowed(origin) && {
            // No credentials: cookies give another origin no access.
            'Access-Control-Allow-Origin': origin ?? '',
            'Access-Control-Expose-Headers': answerHeaders,
          }),
        },
      }
    },
    preflight(request, allowed) {
      const isPreflight = header(request, 'access-control-request-method') !== undefined
      if (!isPreflight || !isAllowed(header(request, 'origin'))) return {}
      return {
        'Access-Control-Allow-Methods': allowed.join(', '),
        'Access-Control-Allow-Headers': requestHeaders,
        'Access-Control-Max-Age': String(preflightSeconds),
      }
    },
  }
}

/** Browsers send the origin of a request; a client that sends none is not a browser. */
function isForeign(request: Pick<HttpInput, 'headers'>, origin: string | undefined): boolean {
  // https://www.w3.org/TR/fetch-metadata/: the browser's own verdict, which holds even if a proxy renames hosts.
  const site = header(request, 'sec-fetch-site')
  if (site !== undefined) return site !== 'same-origin' && site !== 'none'
  if (origin === undefined) return false
  return !URL.canParse(origin) || new URL(origin).host !== header(request, 'host')
}

function checkedOrigin(text: string): string {
  if (text === '*') return text
  if (/^https?:\/\/[\w.:[\]-]+$/.test(text) && URL.canParse(text) && new URL(text).origin === text)
    return text
  throw new LadingError(
    'CONFIG_INVALID',
    `"${text}" is not an origin; write the scheme, the host and the port if it is not the default one, such as https://app.example.org, and nothing after it.`,
  )
}
