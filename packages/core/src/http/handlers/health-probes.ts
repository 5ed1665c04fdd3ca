// GET /health, /ready, /live: whether the service works, accepts work, and runs.
import { setTimeout as delay } from 'node:timers/promises'
import type { Health } from '../../jobs/jobs-health.ts'
import type { Handler, Service } from '../http-service.ts'
import { json } from '../wire/message.ts'

const down: Health = { database: false, storage: false, queue: false }

export const health: Handler = async (_request, service) => {
  const parts = await probe(service)
  const isHealthy = isUp(parts)
  const { waitingForStorages: waiting = [] } = parts
  return json(isHealthy ? 200 : 503, {
    status: isHealthy ? 'healthy' : 'unhealthy',
    timestamp: new Date().toISOString(),
    uptime: Math.round(process.uptime() * 1000) / 1000,
    services: {
      database: upOrDown(parts.database),
      storage: upOrDown(parts.storage),
      queue: upOrDown(parts.queue),
    },
    // No part of this server is down, but other storages are missing; operators look here first.
    ...(waiting.length > 0 && { waiting_for_storages: waiting }),
    ...waited(parts),
  })
}

export const ready: Handler = async (_request, service) => {
  const parts = await probe(service)
  const isReady = !service.isDraining() && isUp(parts)
  return json(isReady ? 200 : 503, { status: isReady ? 'ready' : 'not ready', ...waited(parts) })
}

export const live: Handler = () => json(200, { status: 'alive' })

/** Always answers within the time-out, even if a part hangs. */
async function probe({ jobs, healthTimeoutSeconds }: Service): Promise<Health> {
  const timer = new AbortController()
  const timedOut = delay(healthTimeoutSeconds * 1000, down, { signal: timer.signal }).catch(() => down)
  try {
    return await Promise.race([jobs.health().catch(() => down), timedOut])
  } finally {
    timer.abort()
  }
}

/** What the jobs wait for. It does not make the server unready, because requests do not need what jobs need. */
function waited({ waitingFor = [] }: Health): Record<string, unknown> {
  if (waitingFor.length === 0) return {}
  const list = waitingFor.map(({ code, since, jobs }) => ({ code, since: since.toISOString(), jobs }))
  return { waiting_for: list }
}

function isUp({ database, storage, queue }: Health): boolean {
  return database && storage && queue
}

function upOrDown(isAvailable: boolean): string {
  return isAvailable ? 'up' : 'down'
}
