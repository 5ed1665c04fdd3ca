// The documented service on a socket, through the adapter that the configuration names.
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
import { logFault, logRequest } from './log.ts'
import { nodeServer } from './node-server.ts'
import type { Service } from './service.ts'

export interface HttpServer {
  /** `http://HOST:PORT`, with the port that was really taken. */
  readonly url: string
  /**
   * Waits for the workers and for the requests that are under way, for 4 seconds at most; whoever asks meanwhile is
   * still answered, such as the load balancer that has to learn that this server is not ready any more. Then breaks
   * what is left, and resolves when that is tidied up.
   *
   * @param workers resolves when they have stopped
   */
  close(workers: Promise<void>): Promise<void>
}

/** Milliseconds. The process ends within 5 seconds whatever happens. */
const drainMs = 4_000

export async function startHttpServer(config: Config, service: Service, log: Logger): Promise<HttpServer> {
  const mounted = { ...options(config, service), onFault: faultLog(log) }
  const { server, settled } =
    config.adapter === 'express' ? expressServer(config, mounted) : await fastifyServer(config, mounted)
  logRequests(server, log)
  const requests = watchRequests(server)
  // Also where the process ends at once: left to the kernel, a part of an answer to HTTP/1.0 would look whole.
  process.once('exit', () => server.closeAllConnections())
  server.listen(config.port, config.host)
  await once(server, 'listening')
  // A TCP server that listens has an address of this form.
  const { port } = server.address() as AddressInfo
  const host = config.host.includes(':') ? `[${config.host}]` : config.host
  return {
    url: `http://${host}:${port}`,
    async close(workers) {
      const deadline = AbortSignal.timeout(drainMs)
      // What the workers end with is for whoever stopped them.
      await Promise.race([workers.catch(() => undefined), once(deadline, 'abort')])
      await requests.ended(deadline)
      const closed = once(server, 'close')
      server.close()
      server.closeAllConnections()
      await closed
      await settled()
    },
  }
}

const options = (config: Config, { jobs, exporter, resources, metrics, isDraining }: Service) => ({
  jobs,
  exporter,
  resources,
  isDraining,
  authorize: authorizeBy(config),
  ...(config.apiKeys.length > 0 && { securitySchemes }),
  ...(metrics && { metrics }),
  maxFileBytes: config.importMaxFileBytes,
  limits: config.limits,
  corsOrigins: config.corsOrigins,
})

const faultLog = (log: Logger) => (error: unknown, requestId: string) =>
  logFault(log, 'fault', error, requestId)

interface Served {
  readonly server: Server
  /** To be called when the server has closed. */
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
  return { server: nodeServer(config, app), settled: lading.settled }
}

async function fastifyServer(config: Config, mounted: HttpOptions): Promise<Served> {
  const answerOther = otherwise(mounted)
  const app = fastify({
    logger: false,
    trustProxy: [...config.trustedProxies],
    serverFactory: listener => nodeServer(config, listener),
    // A path that is badly encoded.
    frameworkErrors: (_error, request, reply) => answerOther(request.raw, reply.hijack().raw),
  })
  await app.register(ladingFastify, mounted)
  app.setNotFoundHandler((request, reply) => answerOther(request.raw, reply.hijack().raw))
  await app.ready()
  return { server: app.server, settled: () => app.close() }
}

/** There is nothing here but the service, so what the framework has no route for is answered in its words too. */
function otherwise(mounted: HttpOptions) {
  const http = createHttp(mounted)
  return (request: IncomingMessage, response: ServerResponse): void => {
    void handleNode(http, { request, response, url: request.url ?? '/', mount: '' })
  }
}

/** Requests that are not answered yet, or whose rest is still thrown away so that the answer arrives. */
function watchRequests(server: Server): { ended(deadline: AbortSignal): Promise<void> } {
  const answers = new EventEmitter()
  let underWay = 0
  server.on('request', (request, response) => {
    const { socket } = request
    underWay++
    let isEnded = false
    const end = () => {
      if (isEnded) return
      isEnded = true
      underWay--
      answers.emit('answer')
    }
    response.once('close', () => {
      if (request.complete || socket.destroyed) return end()
      // Node tells a request of the end of its connection as long only as it has no answer.
      request.once('end', end)
      socket.once('close', end)
    })
  })
  return {
    async ended(deadline) {
      while (underWay > 0 && !deadline.aborted) {
        // Rejects when the time is over.
        await once(answers, 'answer', { signal: deadline }).catch(() => undefined)
      }
    },
  }
}

/** When its answer is sent or its client is gone. */
function logRequests(server: Server, log: Logger): void {
  server.on('request', (request, response) => {
    const started = performance.now()
    response.once('close', () => logRequest(log, request, response, started))
  })
}
