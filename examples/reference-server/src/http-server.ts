// The documented service on a socket, with the configured adapter.
import { EventEmitter, once } from 'node:events'
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { ladingExpress } from '@lading/adapter-express'
import { ladingFastify } from '@lading/adapter-fastify'
import { createHttp, type HttpOptions, handleNode } from '@lading/core/http'
import express from 'express'
import fastify from 'fastify'
import type { Logger } from 'pino'
import { authorizeBy, securitySchemes } from './authorize.ts'
import type { Config } from './config.ts'
import { ConfigError } from './config-error.ts'
import type { ReferenceService } from './create-service.ts'
import { logFault, logRequest } from './json-log.ts'
import { nodeServer } from './node-server.ts'

export interface HttpServer {
  /** `http://HOST:PORT`, with the actual port. */
  readonly url: string
  /**
   * Waits up to 4 seconds for the workers and the requests in flight. New requests are still answered meanwhile, so that
   * a load balancer learns that this server is no longer ready. Then closes the remaining connections, and resolves when
   * their requests have cleaned up.
   *
   * @param workers resolves when they have stopped
   */
  close(workers: Promise<void>): Promise<void>
}

/** Milliseconds. The process exits within 5 seconds in any case. */
const drainMs = 4_000

export async function startHttpServer(
  config: Config,
  service: ReferenceService,
  log: Logger,
): Promise<HttpServer> {
  const mounted = { ...options(config, service), onFault: faultLog(log) }
  const { server, settled } =
    config.adapter === 'express' ? expressServer(config, mounted) : await fastifyServer(config, mounted)
  logRequests(server, log)
  const requests = watchRequests(server)
  // Also if the process exits at once: closed by the kernel, a truncated HTTP/1.0 response would look complete.
  const closeConnections = () => server.closeAllConnections()
  process.once('exit', closeConnections)
  try {
    server.listen(config.port, config.host)
    await once(server, 'listening')
  } catch (error) {
    process.removeListener('exit', closeConnections)
    await settled()
    throw portError(error, config)
  }
  // A TCP server that listens has an address of this form.
  const { port } = server.address() as AddressInfo
  const host = config.host.includes(':') ? `[${config.host}]` : config.host
  return {
    url: `http://${host}:${port}`,
    async close(workers) {
      const deadline = AbortSignal.timeout(drainMs)
      // An error of the workers is handled where they were stopped.
      await Promise.race([workers.catch(() => undefined), once(deadline, 'abort')])
      await requests.ended(deadline)
      const closed = once(server, 'close')
      server.close()
      server.closeAllConnections()
      await closed
      process.off('exit', closeConnections)
      await settled()
    },
  }
}

function portError(error: unknown, { host, port }: Config): unknown {
  if (!(error instanceof Error && 'code' in error && error.code === 'EADDRINUSE')) return error
  const sentence = `Another process uses port ${port} of ${host}; stop it, or set APP_PORT.`
  return new ConfigError(sentence, { cause: error })
}

const options = (config: Config, { lading, isDraining }: ReferenceService) => ({
  jobs: lading.jobs,
  exporter: lading.exporter,
  resources: lading.resources,
  metrics: lading.metrics,
  maxFileBytes: lading.limits.maxFileBytes,
  isDraining,
  authorize: authorizeBy(config),
  ...(config.apiKeys.length > 0 && { securitySchemes }),
  limits: config.limits,
  corsOrigins: config.corsOrigins,
})

const faultLog = (log: Logger) => (error: unknown, requestId: string) =>
  logFault(log, 'fault', error, requestId)

interface Served {
  readonly server: Server
  /** Call it after the server has closed. */
  settled(): Promise<void>
}

function expressServer(config: Config, mounted: HttpOptions): Served {
  const app = express()
  app.disable('x-powered-by')
  app.set('trust proxy', [...config.trustedProxies])
  const lading = ladingExpress(mounted)
  app.use(lading)
  const answerOther = otherwise(mounted)
  app.use((request, response) => answerOther(request, response))
  return { server: nodeServer(config, app), settled: lading.whenIdle }
}

async function fastifyServer(config: Config, mounted: HttpOptions): Promise<Served> {
  const answerOther = otherwise(mounted)
  const app = fastify({
    logger: false,
    trustProxy: [...config.trustedProxies],
    serverFactory: listener => nodeServer(config, listener),
    // A path with invalid percent-encoding.
    frameworkErrors: (_error, request, reply) => answerOther(request.raw, reply.hijack().raw),
  })
  await app.register(ladingFastify, mounted)
  app.setNotFoundHandler((request, reply) => answerOther(request.raw, reply.hijack().raw))
  await app.ready()
  return { server: app.server, settled: () => app.close() }
}

/** This server has only the service, so the service also answers paths for which the framework has no route. */
function otherwise(mounted: HttpOptions) {
  const http = createHttp(mounted)
  return (request: IncomingMessage, response: ServerResponse): void => {
    void handleNode(http, { request, response, url: request.url ?? '/', mount: '' })
  }
}

/** Counts requests without a response, or whose remaining body is still discarded so that the response arrives. */
function watchRequests(server: Server): { ended(deadline: AbortSignal): Promise<void> } {
  const answers = new EventEmitter()
  let inFlight = 0
  server.on('request', (request, response) => {
    const { socket } = request
    inFlight++
    let isEnded = false
    const end = () => {
      if (isEnded) return
      isEnded = true
      inFlight--
      answers.emit('answer')
    }
    response.once('close', () => {
      if (request.complete || socket.destroyed) return end()
      // After the response, Node.js no longer emits the end of the connection on the request.
      request.once('end', end)
      socket.once('close', end)
    })
  })
  return {
    async ended(deadline) {
      while (inFlight > 0 && !deadline.aborted) {
        // Rejects at the deadline.
        await once(answers, 'answer', { signal: deadline }).catch(() => undefined)
      }
    },
  }
}

/** Logs each request once its response is sent or its client has disconnected. */
function logRequests(server: Server, log: Logger): void {
  server.on('request', (request, response) => {
    const started = performance.now()
    response.once('close', () => logRequest(log, request, response, started))
  })
}
