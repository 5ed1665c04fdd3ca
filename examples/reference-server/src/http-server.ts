// The documented service on a socket, through the adapter that the configuration names.
import { EventEmitter, once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { ladingExpress } from '@lading/adapter-express'
import { ladingFastify } from '@lading/adapter-fastify'
import { continueWhenRead } from '@lading/core/http'
import express from 'express'
import fastify from 'fastify'
import type { Logger } from 'pino'
import { authorizeBy, securitySchemes } from './authorize.ts'
import type { Config } from './config.ts'
import type { Service } from './service.ts'

export interface HttpServer {
  /** `http://HOST:PORT`, with the port that was really taken. */
  readonly url: string
  /**
   * Waits for the requests that are under way, for 4 seconds at most; whoever asks meanwhile is still answered, such
   * as the load balancer that has to learn that this server is not ready any more. Then breaks what is left.
   */
  close(): Promise<void>
}

/** Milliseconds. The process ends within 5 seconds whatever happens. */
const drainMs = 4_000

export async function startHttpServer(config: Config, service: Service, log: Logger): Promise<HttpServer> {
  const server =
    config.adapter === 'express' ? expressServer(config, service) : await fastifyServer(config, service)
  logRequests(server, log)
  const requests = watchRequests(server)
  server.listen(config.port, config.host)
  await once(server, 'listening')
  // A TCP server that listens has an address of this form.
  const { port } = server.address() as AddressInfo
  const host = config.host.includes(':') ? `[${config.host}]` : config.host
  return {
    url: `http://${host}:${port}`,
    async close() {
      await requests.ended(drainMs)
      const closed = once(server, 'close')
      server.close()
      server.closeAllConnections()
      await closed
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
  maxFileSize: config.importMaxFileBytes,
})

function expressServer(config: Config, service: Service): Server {
  const app = express()
  app.disable('x-powered-by')
  app.use(ladingExpress(options(config, service)))
  const server = createServer(app)
  continueWhenRead(server)
  return server
}

async function fastifyServer(config: Config, service: Service): Promise<Server> {
  const app = fastify({ logger: false })
  await app.register(ladingFastify, options(config, service))
  await app.ready()
  return app.server
}

/** Requests that are not answered yet. */
function watchRequests(server: Server): { ended(ms: number): Promise<void> } {
  const answers = new EventEmitter()
  let underWay = 0
  server.on('request', (_request, response) => {
    underWay++
    response.once('close', () => {
      underWay--
      answers.emit('answer')
    })
  })
  return {
    async ended(ms) {
      const signal = AbortSignal.timeout(ms)
      // Rejects when the time is over.
      while (underWay > 0 && !signal.aborted) await once(answers, 'answer', { signal }).catch(() => undefined)
    },
  }
}

/** One JSON line for each request, when its answer is sent or its client is gone. Never the query: it can hold values. */
function logRequests(server: Server, log: Logger): void {
  server.on('request', (request, response) => {
    const started = performance.now()
    response.once('close', () => {
      log.info(
        {
          method: request.method,
          path: request.url?.split('?')[0],
          status: response.statusCode,
          complete: response.writableFinished,
          request_id: response.getHeader('x-request-id'),
          duration_ms: Math.round(performance.now() - started),
        },
        'request',
      )
    })
  })
}
