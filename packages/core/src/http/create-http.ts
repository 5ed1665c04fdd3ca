// createHttp: the whole service as a function from a neutral request to a neutral response.
import { randomUUID } from 'node:crypto'
import { finished, Readable } from 'node:stream'
import { safeListener, safeLogger } from '../errors/quiet-listener.ts'
import { authorizeRequest } from './admission/access.ts'
import { remainingBody, wasRead } from './body/read-before.ts'
import { announcesBody } from './body/request-body.ts'
import { createInFlight } from './connection/in-flight.ts'
import { createService, type HttpMetrics, type HttpOptions, type Service } from './http-service.ts'
import { openApiDocument } from './openapi.ts'
import { redactError } from './response/redact-error.ts'
import { matchRoute, ownsPath, type RouteMatch, routes } from './routes.ts'
import { type HttpInput, type HttpResponse, header, type RoutedRequest } from './wire/message.ts'
import { namedResource } from './wire/parameters.ts'
import { HttpFault, problemResponse, statusOf } from './wire/problem.ts'

/**
 * Default headers of every response. They tell a browser that it is data and never a page, even when opened in a
 * window, and that neither other sites nor a shared cache may have it. A response may override them.
 */
const guards = {
  'X-Content-Type-Options': 'nosniff',
  'Content-Security-Policy': "default-src 'none'; frame-ancestors 'none'; sandbox",
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Referrer-Policy': 'no-referrer',
  'Cache-Control': 'no-store',
}

export interface Http {
  /** Whether a path (below the mount prefix) is answered here; any other one belongs to the host. */
  owns(path: string): boolean
  /** Never rejects: every error becomes a response. If the body is a stream, the adapter must read or destroy it. */
  handle(input: HttpInput): Promise<HttpResponse>
  /** The response to a request that the framework itself has rejected. */
  refuse(error: unknown, input: Pick<HttpInput, 'headers'>): HttpResponse
  /** Milliseconds for which a client may read nothing of a response that is ready. See `cutOffIfStalled`. */
  readonly stalledMs: number
  /**
   * Resolves when no request is in flight. A request whose client has disconnected is in flight for a moment longer:
   * it removes what it stored, and returns its connection to the pool. Await this after the server's `close`, and
   * before the pool and the process end.
   */
  whenIdle(): Promise<void>
}

/**
 * The documented service without a web framework. Adapters translate its requests and responses.
 *
 * @example
 * const http = createHttp({ jobs, exporter, resources })
 * const response = await http.handle({ method: 'GET', path: '/health', rawQuery: '', headers: {}, body: undefined, mount: '', signal })
 */
export function createHttp(options: HttpOptions): Http {
  const service = createService(options, () => openApiDocument(routes, options.securitySchemes))
  const inFlight = createInFlight()
  const onFault = safeLogger('onFault', options.onFault)
  const measure = ({ requestId, ...facts }: Measured) =>
    safeListener(
      'metrics.httpRequest',
      () => service.metrics?.httpRequest(facts),
      fault => onFault(fault, requestId),
    )()

  return {
    owns: ownsPath,
    async handle(input) {
      const end = inFlight.begin()
      const started = performance.now()
      const match = matchRoute(input.method, input.path)
      const requestId = requestIdOf(input)
      const request: RoutedRequest = { ...input, ...bodyOf(input), params: match.params, requestId }
      const answer = await respond(match, request, service).catch((error: unknown) => {
        // Before `onFault` gets the error, which it may change.
        const problem = problemResponse(error, requestId)
        if (statusOf(error) >= 500) onFault(error, requestId)
        return problem
      })
      const response = completed(service.origins.withCorsHeaders(answer, request), request)
      const { method } = input
      const route = match.route?.path
      whenSent(response, () => {
        const seconds = (performance.now() - started) / 1000
        end()
        measure({ method, route, status: response.status, seconds, requestId })
      })
      return response
    },
    refuse(error, input) {
      const requestId = requestIdOf(input)
      const { headers, ...rest } = service.origins.withCorsHeaders(problemResponse(error, requestId), input)
      return { ...rest, headers: { ...guards, ...headers, 'X-Request-Id': requestId } }
    },
    stalledMs: service.limits.stalledAnswerSeconds * 1000,
    whenIdle: inFlight.whenIdle,
  }
}

type Measured = Parameters<HttpMetrics['httpRequest']>[0] & { readonly requestId: string }

async function respond(match: RouteMatch, request: RoutedRequest, service: Service): Promise<HttpResponse> {
  const { allowed, route } = match
  service.origins.refuseForeignOrigin(request)
  if (route !== undefined) {
    const { action, query } = route
    const named = query?.properties.resource && namedResource(request.rawQuery, service.registry)
    const access = await authorizeRequest(request, { ...service, action, resource: named })
    try {
      return await route.handler({ ...request, access }, service)
    } catch (error) {
      throw await redactError(error, access)
    }
  }
  if (allowed.length === 0) throw new HttpFault('ROUTE_UNKNOWN', 'This path is unknown.')
  const Allow = allowed.join(', ')
  if (request.method === 'OPTIONS')
    return { status: 204, headers: { Allow, ...service.origins.preflight(request, allowed) } }
  throw new HttpFault('METHOD_NOT_ALLOWED', `This path supports only ${Allow}.`, { Allow })
}

/** Handles a body that was read earlier, in case the adapter did not check for it. */
function bodyOf(input: HttpInput): Partial<Pick<HttpInput, 'body' | 'consumedBody'>> {
  if (!announcesBody(input)) return { body: undefined, consumedBody: undefined }
  if (input.body === undefined || !wasRead(input.body)) return {}
  return { ...remainingBody(input.body, { body: input.parsedBody }) }
}

/** The client's request id if it is safe in a header and in a log, else a new one. */
function requestIdOf(input: Pick<HttpInput, 'headers'>): string {
  const clientId = header(input, 'x-request-id') ?? ''
  return /^[A-Za-z0-9._-]{1,128}$/.test(clientId) ? clientId : randomUUID()
}

/** Adds the headers that every response has, and drops the body for HEAD. */
function completed(response: HttpResponse, { method, requestId }: RoutedRequest): HttpResponse {
  const isText = typeof response.body === 'string'
  const headers: Record<string, string> = {
    ...guards,
    ...response.headers,
    ...(isText && { 'Content-Length': String(Buffer.byteLength(String(response.body))) }),
    'X-Request-Id': requestId,
  }
  if (method === 'HEAD') {
    if (response.body instanceof Readable) response.body.destroy()
    return { status: response.status, headers }
  }
  return { ...response, headers }
}

function whenSent({ body }: HttpResponse, onSent: () => void): void {
  if (body instanceof Readable) finished(body, onSent)
  else onSent()
}
