// ladingFastify: the documented service as a plugin for Fastify 4 and 5.
import { Server } from 'node:http'
import { Server as TlsServer } from 'node:https'
import { Readable } from 'node:stream'
import {
  continueWhenRead,
  createHttp,
  cutOffIfStalled,
  disconnectSignal,
  type Http,
  HttpFault,
  type HttpOptions,
  type HttpResponse,
  lingeringClose,
  type ParserOutput,
  type RemainingBody,
  remainingBody,
  resetIfTruncated,
  routePaths,
  type ServedLading,
  type ServedLadingOptions,
  servedLading,
  splitUrl,
} from '@lading/core/http'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'

/** Options of this adapter only. */
export interface FastifyOptions {
  /** Fastify's own option: the path under which the plugin is mounted. @defaultValue the root */
  readonly prefix?: string | undefined
  /**
   * Returns the caller that the host has authenticated: a string is a principal, an object may have `tenant` and
   * `principal`. `authorize` gets it unchanged. @defaultValue an anonymous caller
   */
  readonly principal?: ((request: FastifyRequest) => unknown) | undefined
}

/** A `Lading` from `createLading`, or jobs and an exporter that were created separately. */
export type LadingFastifyOptions = FastifyOptions &
  (
    | (ServedLadingOptions & { readonly lading: ServedLading })
    | (HttpOptions & { readonly lading?: undefined })
  )

const methods = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'] as const

/**
 * Registers the service. The plugin is encapsulated: the host's parsers, hooks and error handlers are unchanged, and its
 * hooks see these requests too. The service answers everything under `/v1/`. `app.close()` waits until no request is in
 * flight, including those whose client has disconnected.
 *
 * @example
 * const lading = createLading({ pool, resources })
 * await app.register(ladingFastify, { lading, prefix: '/api', authorize })
 *
 * @example
 * await app.register(ladingFastify, { jobs, exporter, resources, prefix: '/api', authorize })
 *
 * @throws LadingError `CONFIG_INVALID`
 */
export async function ladingFastify(scope: FastifyInstance, options: LadingFastifyOptions): Promise<void> {
  const { principal } = options
  const http = createHttp(httpOptions(options))
  // onClose hooks run after the server has closed.
  scope.addHook('onClose', () => http.whenIdle())
  // An HTTP/2 server handles this itself.
  const server: unknown = scope.server
  if (server instanceof Server || server instanceof TlsServer) continueWhenRead(server)

  // Bodies stay streams in this scope: files may not fit into memory, and core has limits of its own.
  scope.removeAllContentTypeParsers()
  scope.addContentTypeParser('*', (_request, payload, done) => done(null, payload))
  // Requests that Fastify itself rejects, such as for a malformed Content-Type, get the same error format.
  scope.setErrorHandler((error, request, reply) => {
    if (!isContentTypeError(error)) throw error
    const fault = new HttpFault(
      'MEDIA_TYPE_UNSUPPORTED',
      'The Content-Type or the Content-Length is malformed.',
    )
    return respond(reply, http.refuse(fault, request))
  })

  // Fastify limits the length of path parameters, so a wildcard leaves every response to core.
  const unversioned = routePaths.filter(path => !path.startsWith('/v1/'))
  for (const url of [...unversioned, '/v1', '/v1/*']) {
    scope.route({
      method: [...methods],
      url,
      handler: (request, reply) =>
        answer(http, scope.prefix, { request, reply, principal: principal && (() => principal(request)) }),
    })
  }
}

function httpOptions(options: LadingFastifyOptions): HttpOptions {
  if (options.lading === undefined) return options
  const { lading, ...serving } = options
  return servedLading(lading, serving)
}

interface Exchange {
  readonly request: FastifyRequest
  readonly reply: FastifyReply
  readonly principal: (() => unknown) | undefined
}

async function answer(http: Http, prefix: string, { request, reply, principal }: Exchange): Promise<unknown> {
  const [path, rawQuery] = splitUrl(request.raw.url ?? '/')
  const mount = mountOf(prefix, path)
  resetIfTruncated(reply.raw)
  cutOffIfStalled(reply.raw, http)
  const response = await http.handle({
    method: request.method,
    path: path.slice(mount.length),
    rawQuery,
    headers: request.headers,
    ...bodyOf(request),
    mount,
    signal: disconnectSignal(reply.raw),
    remoteAddress: request.ip,
    principal,
  })
  return respond(reply, response)
}

/** A hook of the host may have replaced the body; its middleware puts parsed bodies on Node's own request. */
function bodyOf({ raw, body }: FastifyRequest): RemainingBody {
  const { body: parsed, file, files }: ParserOutput = raw as ParserOutput
  if (body instanceof Readable) return remainingBody(body, { body: parsed, file, files })
  return remainingBody(raw, { body: body ?? parsed, file, files })
}

function respond(reply: FastifyReply, { status, headers, body }: HttpResponse): FastifyReply {
  lingeringClose(reply.raw)
  // Fastify passes its headers to `writeHead`, and Node.js does not keep those. The host's logs may read this one.
  const { 'X-Request-Id': requestId = '' } = headers
  reply.raw.setHeader('X-Request-Id', requestId)
  return reply
    .code(status)
    .headers({ ...headers })
    .send(body)
}

/** Any other error comes from the host's hooks, and the host answers it. */
function isContentTypeError(error: unknown): boolean {
  return error instanceof Error && 'code' in error && String(error.code).startsWith('FST_ERR_CTP_')
}

/** The mount prefix as the client wrote it: a prefix may contain parameters. */
function mountOf(prefix: string, path: string): string {
  const parts = prefix.split('/').filter(part => part !== '').length
  return path.split('/', parts + 1).join('/')
}
