// The framework-neutral request and response that every adapter translates to and from.
import type { IncomingHttpHeaders } from 'node:http'
import type { Readable } from 'node:stream'
import type { Caller } from '../../engine/resource/definition.ts'
import type { JobKind } from '../../jobs/store/job.ts'

/** What has read the body of a request before the service, and what is left of it in `body`. */
export interface ConsumedBody {
  /** For an error message, such as `multer, a parser of forms`. */
  readonly by: string
  /** `'text'` is UTF-8, whatever the charset was. Inflated bytes no longer have a content coding. */
  readonly remaining: 'bytes' | 'inflated bytes' | 'text' | 'nothing'
}

/** The request that an adapter passes in. */
export interface HttpInput {
  readonly method: string
  /** Below the mount prefix and still encoded, such as `/v1/imports`. */
  readonly path: string
  /** The part after `?`, as sent: frameworks parse brackets and repeated names differently. */
  readonly rawQuery: string
  readonly headers: IncomingHttpHeaders
  /** Ignored if the headers announce no body. */
  readonly body: Readable | undefined
  /** The parsed JSON body, if a body parser of the host has already read it. */
  readonly parsedBody?: unknown
  /** Set if the host has already read the body. @defaultValue it has not */
  readonly consumedBody?: ConsumedBody | undefined
  /** The prefix under which the routes are mounted, such as `/api`; `''` at the root. Links begin with it. */
  readonly mount: string
  /** Aborts when the client disconnects before its response is complete. */
  readonly signal: AbortSignal
  /** The client's address as the host knows it; with a proxy, it comes from the proxy's headers. */
  readonly remoteAddress?: string | undefined
  /** Called once for the caller that the host has authenticated. If it throws, the request is refused. */
  readonly principal?: (() => unknown) | undefined
}

/** A request with the parameters of its route. */
export interface RoutedRequest extends HttpInput {
  /** The parameters of the route's path, decoded. */
  readonly params: Readonly<Record<string, string>>
  readonly requestId: string
}

/** The caller and its permissions, for a handler. */
export interface Access {
  readonly caller: Caller | undefined
  /** The tenant that owns the jobs and keys; `''` if the caller has none. */
  readonly tenant: string
  /** Await this before doing anything with a resource. @throws HttpFault `ACCESS_DENIED`, `AUTHENTICATION_REQUIRED` */
  permit(...resources: readonly string[]): Promise<void>
  /** The resources for which the caller may perform this action. */
  permitted(resources: readonly string[]): Promise<readonly string[]>
  /** Whether the caller may see jobs of these resources: it may read them, or perform this action on them. */
  maySee(kind: JobKind, resources: readonly string[]): Promise<boolean>
}

/** The request that a handler receives. */
export interface HttpRequest extends RoutedRequest {
  readonly access: Access
}

export interface HttpResponse {
  readonly status: number
  /** Names in the case in which they are sent. */
  readonly headers: Readonly<Record<string, string>>
  /** A stream that fails must break the connection, so that no client mistakes a part for the whole. */
  readonly body?: string | Readable | undefined
}

export function json(status: number, value: unknown, headers: Record<string, string> = {}): HttpResponse {
  return {
    status,
    headers: { 'Content-Type': 'application/json; charset=utf-8', ...headers },
    body: JSON.stringify(value),
  }
}

/** The first value of a header. Node.js joins or drops repeats of headers that HTTP allows only once. */
export function header(request: { readonly headers: IncomingHttpHeaders }, name: string): string | undefined {
  const value = request.headers[name]
  return Array.isArray(value) ? value[0] : value
}

/** `text/csv; charset=utf-8` → `text/csv`; undefined if it is missing or malformed. */
export function mediaType(contentType: string | undefined): string | undefined {
  return /^([!#$%&'*+.^_`|~\w-]+\/[!#$%&'*+.^_`|~\w-]+) *(?:;|$)/.exec(contentType ?? '')?.[1]?.toLowerCase()
}
