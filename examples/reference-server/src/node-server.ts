// The Node.js HTTP server with its own limits, the same for every adapter.
import { createServer, type RequestListener, type Server } from 'node:http'
import { continueWhenRead, readLimits } from '@lading/core/http'
import type { LimitsConfig } from './env-limits.ts'

/** Milliseconds between two checks for slow connections; Node's default of 30 seconds is as long as its limits. */
const checkIntervalMs = 2_000

/** Extra seconds before the server's time-out, so that the service answers first, with its own error. */
const graceSeconds = 30

export function nodeServer(config: LimitsConfig, listener: RequestListener): Server {
  const { headersSeconds, maxConnections, limits } = config
  const { bodySeconds } = readLimits(limits)
  const server = createServer(
    {
      connectionsCheckingInterval: checkIntervalMs,
      headersTimeout: headersSeconds * 1000,
      // For a whole request. Node's 300 seconds would end an upload of ten minutes; Fastify has no limit.
      requestTimeout: (headersSeconds + bodySeconds + graceSeconds) * 1000,
    },
    listener,
  )
  // File descriptors run out first, and the database and the files need some too.
  server.maxConnections = maxConnections
  continueWhenRead(server)
  return server
}
