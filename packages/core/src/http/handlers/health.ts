// GET /health, /ready, /live: whether the service works, takes work, runs at all.
import { setTimeout as delay } from 'node:timers/promises'
import type { Health } from '../../jobs/health.ts'
import type { Handler, Service } from '../service.ts'
import { json } from '../wire/message.ts'

const down: Health = { database: false, storage: false, queue: false }

export const health: Handler = async (_request, service) => {
  const parts = await probe(service)
  const isHealthy = isWell(parts)
  const { waitingForStorages: waiting = [] } = parts
  return json(isHealthy ? 200 : 503, {
    status: isHealthy ? 'healthy' : 'unhealthy',
    timestamp: new Date().toISOString(),
    uptime: Math.round(process.uptime() * 1000) / 1000,
    services: { database: word(parts.database), storage: word(parts.storage), queue: word(parts.queue) },
    // No part of this server is down: others are missing, and it says so where an operator looks first.
    ...(waiting.length > 0 && { waiting_for_storages: waiting }),
  })
}

export const ready: Handler = async (_request, service) => {
  const isReady = !service.isDraining() && isWell(await probe(service))
  return isReady ? json(200, { status: 'ready' }) : json(503, { status: 'not ready' })
}

export const live: Handler = () => json(200, { status: 'alive' })

/** An answer in any case, and in time: who asks for health does not wait for what hangs. */
async function probe({ jobs, healthTimeoutMs }: Service): Promise<Health> {
  const timer = new AbortController()
  const late = delay(healthTimeoutMs, down, { signal: timer.signal }).catch(() => down)
  try {
    return await Promise.race([jobs.health().catch(() => down), late])
  } finally {
    timer.abort()
  }
}

function isWell({ database, storage, queue }: Health): boolean {
  return database && storage && queue
}

function word(isUp: boolean): string {
  return isUp ? 'up' : 'down'
}
