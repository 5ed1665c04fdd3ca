// A request and a response as every adapter can make and write them, without a framework in them.
import type { IncomingHttpHeaders } from 'node:http'
import type { Readable } from 'node:stream'
import type { Caller } from '../../engine/resource/definition.ts'
import type { JobKind } from '../../jobs/store/job.ts'

/** Who has read the body of a request before the service, and what is left of it in `body`. */
export interface ReadBefore {
  /** For a sentence: `multer, a parser of forms`. */
  readonly by: string
  /** `'text'` is UTF-8, whatever the charset was. What is inflated has no coding any more. */
  readonly left: 'bytes' | 'inflated bytes' | 'text' | 'nothing'
}

/** What an adapter hands in. */
export interface HttpInput {
  readonly method: string
  /** Below the mount prefix and still encoded, such as `/v1/imports`. */
  readonly path: string
  /** What follows `?`, as it was sent: frameworks disagree on how brackets and repeated names are read. */
  readonly rawQuery: string
  readonly headers: IncomingHttpHeaders
  /** Ignored where the headers announce no body. */
  readonly body: Readable | undefined
  /** What a body parser of the host made of a JSON body that it has already read. */
  readonly parsedBody?: unknown
  /** What of the host has read the body before. @defaultValue nothing has */
  readonly readBefore?: ReadBefore | undefined
  /** Prefix under which the routes are mounted, such as `/api`; `''` at the root. Links begin with it. */
  readonly mount: string
  /** Comes when the client goes away before its answer is complete. */
  readonly signal: AbortSignal
  /** As the host knows it: behind a proxy, what the host makes of its headers. */
  readonly remoteAddress?: string | undefined
  /** Asked once for who asks, as far as the host has found out. What it throws refuses the request. */
  readonly principal?: (() => unknown) | undefined
}

/** A request that is on its way to its route. */
export interface RoutedRequest extends HttpInput {
  /** Of the route's path, decoded. */
  readonly params: Readonly<Record<string, string>>
  readonly requestId: string
}

/** Who asks, and may do what, in the hands of a handler. */
export interface Access {
  readonly caller: Caller | undefined
  /** Whose jobs and keys there are; `''` where the caller has no tenant. */
  readonly tenant: string
  /** To be waited for before anything is done with a resource. @throws HttpFault `ACCESS_DENIED`, `AUTHENTICATION_REQUIRED` */
  permit(...resources: readonly string[]): Promise<void>
  /** Those of them that the caller may do this with. */
  permitted(resources: readonly string[]): Promise<readonly string[]>
  /** Whether jobs of these resources exist for the caller: it may read them, or do with them what this request does. */
  maySee(kind: JobKind, resources: readonly string[]): Promise<boolean>
}

/** What a handler sees. */
export interface HttpRequest extends RoutedRequest {
  readonly access: Access
}

export interface HttpResponse {
  readonly status: number
  /** Names as they are written. */
  readonly headers: Readonly<Record<string, string>>
  /** A stream that fails must break the connection, so that no client takes a part for the whole. */
  readonly body?: string | Readable | undefined
}

export function json(status: number, value: unknown, headers: Record<string, string> = {}): HttpResponse {
  return {
    status,
    headers: { 'Content-Type': 'application/json; charset=utf-8', ...headers },
    body: JSON.stringify(value),
  }
}

/** The first value of a header. Those that HTTP allows once only reach Node as one. */
export function header(request: { readonly headers: IncomingHttpHeaders }, name: string): string | undefined {
  const value = request.headers[name]
  return Array.isArray(value) ? value[0] : value
}

/** `text/csv; charset=utf-8` → `text/csv`; undefined where there is none or it is not well formed. */
export function mediaType(contentType: string | undefined): string | undefined {
  return /^([!#$%&'*+.^_`|~\w-]+\/[!#$%&'*+.^_`|~\w-]+) *(?:;|$)/.exec(contentType ?? '')?.[1]?.toLowerCase()
}
