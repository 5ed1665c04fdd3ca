// Node's HTTP server with limits of its own, the same for every adapter.
import { createServer, type RequestListener, type Server } from 'node:http'
import { continueWhenRead, readLimits } from '@lading/core/http'
import type { LimitsConfig } from './limits.ts'

/** Milliseconds between two looks for connections that are too slow; Node's own 30 seconds are as long as its limits. */
const lookMs = 2_000

/** Seconds by which the service, which answers in its own words, is first. */
const headStart = 30

export function nodeServer(config: LimitsConfig, listener: RequestListener): Server {
  const { headersSeconds, maxConnections, limits } = config
  const { bodySeconds } = readLimits(limits)
  const server = createServer(
    {
      connectionsCheckingInterval: lookMs,
      headersTimeout: headersSeconds * 1000,
      // Of a whole request. Node's 300 seconds would end an upload of ten minutes; Fastify sets none at all.
      requestTimeout: (headersSeconds + bodySeconds + headStart) * 1000,
    },
    listener,
  )
  // Descriptors are what runs out first, and the database and the files need some too.
  server.maxConnections = maxConnections
  continueWhenRead(server)
  return server
}
