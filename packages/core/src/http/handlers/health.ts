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
    ...waited(parts),
  })
}

export const ready: Handler = async (_request, service) => {
  const parts = await probe(service)
  const isReady = !service.isDraining() && isWell(parts)
  return json(isReady ? 200 : 503, { status: isReady ? 'ready' : 'not ready', ...waited(parts) })
}

export const live: Handler = () => json(200, { status: 'alive' })

/** An answer in any case, and in time: who asks for health does not wait for what hangs. */
async function probe({ jobs, healthTimeoutSeconds }: Service): Promise<Health> {
  const timer = new AbortController()
  const late = delay(healthTimeoutSeconds * 1000, down, { signal: timer.signal }).catch(() => down)
  try {
    return await Promise.race([jobs.health().catch(() => down), late])
  } finally {
    timer.abort()
  }
}

/** What jobs wait for that are here. It takes no server out of service: requests do not need what every job needs. */
function waited({ waitingFor = [] }: Health): Record<string, unknown> {
  if (waitingFor.length === 0) return {}
  const list = waitingFor.map(({ code, since, jobs }) => ({ code, since: since.toISOString(), jobs }))
  return { waiting_for: list }
}

function isWell({ database, storage, queue }: Health): boolean {
  return database && storage && queue
}

function word(isUp: boolean): string {
  return isUp ? 'up' : 'down'
}
