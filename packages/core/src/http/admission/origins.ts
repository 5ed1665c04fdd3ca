// Pages of browsers: which origins may use the service, what their browser is told of it, and who is refused.
import { LadingError } from '../../errors/lading-error.ts'
import { type HttpInput, type HttpResponse, header } from '../wire/message.ts'
import { HttpFault } from '../wire/problem.ts'

export interface Origins {
  /**
   * A browser sends forms, and bodies of a few types, from any page to any server without asking it first, with what
   * only its user can reach: a service on localhost, or one behind a login of the host. So what changes something is
   * refused if another origin's page sends it.
   *
   * @throws HttpFault `ORIGIN_NOT_ALLOWED`
   */
  refuseForeign(request: Pick<HttpInput, 'method' | 'headers'>): void
  /** The answer, with what the browser needs to hand it to the page. Only to those who may, and nothing without CORS. */
  opened(response: HttpResponse, request: Pick<HttpInput, 'headers'>): HttpResponse
  /** Headers of the answer to a preflight (https://fetch.spec.whatwg.org/#cors-preflight-fetch); none if it is none, or not allowed. */
  preflight(request: Pick<HttpInput, 'headers'>, allowed: readonly string[]): Record<string, string>
}

/** Methods that change nothing (RFC 9110, 9.2.1). */
const safeMethods = ['GET', 'HEAD', 'OPTIONS']

/** What a request may carry, and what a page may read of an answer, beyond what every page may. */
const requestHeaders =
  'Authorization, Content-Encoding, Content-Type, Idempotency-Key, If-None-Match, If-Range, Range, X-API-Key, X-Request-Id'
const answerHeaders =
  'Accept-Ranges, Content-Disposition, Content-Range, ETag, Idempotency-Replayed, Location, Repr-Digest, Retry-After, WWW-Authenticate, X-Request-Id'

/** Seconds for which a browser need not ask again. */
const preflightSeconds = 600

/** For those who read a configuration, and want to say where a wrong one stands. @throws LadingError `CONFIG_INVALID` */
export function checkOrigins(corsOrigins: readonly string[]): void {
  readOrigins(corsOrigins)
}

/** @throws LadingError `CONFIG_INVALID` for what is no origin */
export function readOrigins(corsOrigins: readonly string[] = []): Origins {
  const known = new Set(corsOrigins.map(checkedOrigin))
  const isAllowed = (origin: string | undefined) =>
    origin !== undefined && (known.has('*') || known.has(origin))

  return {
    refuseForeign(request) {
      if (safeMethods.includes(request.method)) return
      const origin = header(request, 'origin')
      if (isAllowed(origin) || !isForeign(request, origin)) return
      throw new HttpFault(
        'ORIGIN_NOT_ALLOWED',
        'Pages of this origin may not use the service; the operator can allow it.',
      )
    },
    opened(response, request) {
      if (known.size === 0) return response
      const origin = header(request, 'origin')
      const { Vary: vary, ...headers } = response.headers
      return {
        ...response,
        headers: {
          ...headers,
          // A cache must not give one origin's answer to another.
          Vary: vary === undefined ? 'Origin' : `${vary}, Origin`,
          ...(isAllowed(origin) && {
            // No credentials: what a browser sends by itself, such as cookies, opens nothing to another origin.
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

/** Browsers say where a request comes from; whoever says nothing is none. */
function isForeign(request: Pick<HttpInput, 'headers'>, origin: string | undefined): boolean {
  // https://www.w3.org/TR/fetch-metadata/: the browser's own judgement, which also knows where a proxy renames hosts.
  const site = header(request, 'sec-fetch-site')
  if (site !== undefined) return site !== 'same-origin' && site !== 'none'
  if (origin === undefined) return false
  return !URL.canParse(origin) || new URL(origin).host !== header(request, 'host')
}

function checkedOrigin(given: string): string {
  if (given === '*') return given
  if (/^https?:\/\/[\w.:[\]-]+$/.test(given) && URL.canParse(given) && new URL(given).origin === given)
    return given
  throw new LadingError(
    'CONFIG_INVALID',
    `"${given}" is no origin; write the scheme, the host and the port if it is not the usual one, such as https://app.example.org, and nothing behind it.`,
  )
}
