// ladingFastify: the documented service as a plugin for Fastify 4 and 5.
import { Server } from 'node:http'
import { Server as TlsServer } from 'node:https'
import { Readable } from 'node:stream'
import {
  type BodyLeft,
  bodyLeft,
  closeIfUnread,
  continueWhenRead,
  createHttp,
  cutOffIfStalled,
  goneSignal,
  type HostTraces,
  type Http,
  HttpFault,
  type HttpOptions,
  type HttpResponse,
  resetIfBroken,
  routePaths,
  type ServedLading,
  type ServedLadingOptions,
  servedLading,
  splitUrl,
} from '@lading/core/http'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'

/** What only this adapter has. */
export interface FastifyOptions {
  /** Fastify's own: under which path the plugin is mounted. @defaultValue the root */
  readonly prefix?: string | undefined
  /** Who asks, as the host has found out: text is a principal, an object may have `tenant` and `principal`; `authorize` sees it as it is. @defaultValue nobody */
  readonly principal?: ((request: FastifyRequest) => unknown) | undefined
}

/** What `createLading` made, or jobs and an exporter that were made one by one. */
export type LadingFastifyOptions = FastifyOptions &
  (
    | (ServedLadingOptions & { readonly lading: ServedLading })
    | (HttpOptions & { readonly lading?: undefined })
  )

const methods = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'] as const

/**
 * Encapsulated: parsers, hooks and errors of the host stay as they are, and its hooks see these requests too.
 * Everything under `/v1/` is of the service. `app.close()` waits until no request is worked on, also none whose client has gone.
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
  // Hooks of this kind run when the server has closed.
  scope.addHook('onClose', () => http.whenIdle())
  // One of HTTP/2 has its own way, and is left alone.
  const server: unknown = scope.server
  if (server instanceof Server || server instanceof TlsServer) continueWhenRead(server)

  // Bodies stay streams in this scope: files are larger than memory, and core has limits of its own.
  scope.removeAllContentTypeParsers()
  scope.addContentTypeParser('*', (_request, payload, done) => done(null, payload))
  // What Fastify itself refuses, such as a malformed Content-Type, has the shape of every other error.
  scope.setErrorHandler((error, request, reply) => {
    if (!isRefusedBody(error)) throw error
    const fault = new HttpFault(
      'MEDIA_TYPE_UNSUPPORTED',
      'The Content-Type or the Content-Length is malformed.',
    )
    return respond(reply, http.refuse(fault, request))
  })

  // The table has parameters, which Fastify limits in length; a wildcard leaves every answer to core.
  const own = routePaths.filter(path => !path.startsWith('/v1/'))
  for (const url of [...own, '/v1', '/v1/*']) {
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
  resetIfBroken(reply.raw)
  cutOffIfStalled(reply.raw, http)
  const response = await http.handle({
    method: request.method,
    path: path.slice(mount.length),
    rawQuery,
    headers: request.headers,
    ...bodyOf(request),
    mount,
    signal: goneSignal(reply.raw),
    remoteAddress: request.ip,
    principal,
  })
  return respond(reply, response)
}

/** Hooks of the host may have put something else in the place of the body; its middleware leaves what it makes with Node's own request. */
function bodyOf({ raw, body }: FastifyRequest): BodyLeft {
  const { body: parsed, file, files }: HostTraces = raw as HostTraces
  if (body instanceof Readable) return bodyLeft(body, { body: parsed, file, files })
  return bodyLeft(raw, { body: body ?? parsed, file, files })
}

function respond(reply: FastifyReply, { status, headers, body }: HttpResponse): FastifyReply {
  closeIfUnread(reply.raw)
  // Fastify hands its headers to `writeHead`, after which Node does not know them; logs of the host want to read this one.
  const { 'X-Request-Id': requestId = '' } = headers
  reply.raw.setHeader('X-Request-Id', requestId)
  return reply
    .code(status)
    .headers({ ...headers })
    .send(body)
}

/** Every other error is one of the host's hooks, and the host's to answer. */
function isRefusedBody(error: unknown): boolean {
  return error instanceof Error && 'code' in error && String(error.code).startsWith('FST_ERR_CTP_')
}

/** As the client wrote it: a prefix may hold parameters. */
function mountOf(prefix: string, path: string): string {
  const parts = prefix.split('/').filter(part => part !== '').length
  return path.split('/', parts + 1).join('/')
}
