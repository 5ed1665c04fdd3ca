// The service behind an HTTP suite: real jobs on a database, with a storage in memory.
import { randomUUID } from 'node:crypto'
import { createExporter } from '../../exporter/create-exporter.ts'
import { createImporter } from '../../importer/create-importer.ts'
import { createJobs } from '../../jobs/create-jobs.ts'
import { type Pool, poolSize, withClient } from '../../postgres/client.ts'
import { postgresQueue } from '../../queue/postgres-queue.ts'
import type { QueueKind } from '../../queue/queue.ts'
import type { Resource } from '../../resource/define.ts'
import { memoryStorage } from '../../storage/memory-storage.ts'
import { brittleService } from './brittle-service.ts'
import { discreetService } from './discreet-service.ts'
import { remoteNames } from './remote-site.ts'
import type { HttpSuiteService } from './site.ts'

/**
 * Names below `allowed.test` may lead to servers of the suite, and nothing else to this machine. Any port that a test
 * listens on is one of public servers, so that an address is refused for what it is.
 */
const suiteRemote = {
  allow: ['*.allowed.test:*', ':10000-65535'],
  pauseMs: 1,
}

/**
 * @param pool of a database with the tables of Lading and of the resources
 * @param scarce a pool of the same database with few connections, which gives up waiting for one within a second
 */
export function httpSuiteService(
  pool: Pool,
  resources: readonly Resource[],
  scarce: Pool,
): HttpSuiteService & { stop(): Promise<void> } {
  const discreet = discreetService(pool)
  const brittle = brittleService(pool)
  const storage = memoryStorage()
  const names = remoteNames()
  const remote = { ...suiteRemote, lookup: names.lookup }
  const serviceOn = (pool: Pool, limit: { readonly maxDepth?: number } = {}) => {
    const exporter = createExporter({ pool, resources })
    // A job that is tried again need not wait as long as in earnest.
    const queue = postgresQueue({ pool, backoffMs: 50, pollMs: 100, ...limit })
    const importer = createImporter({ pool, resources })
    const jobs = createJobs({ importer, exporter, queue, storage, remote })
    return { jobs, exporter, queue }
  }
  const { jobs, exporter, queue } = serviceOn(pool)
  const { queue: scarceQueue, ...short } = serviceOn(scarce)
  const { queue: narrowQueue, ...narrow } = serviceOn(pool, { maxDepth: 1 })
  const stopping = new AbortController()
  const working = jobs.work({ signal: stopping.signal, imports: 1, exports: 1 })
  return {
    jobs,
    exporter,
    resources,
    scarce: {
      ...short,
      async takeAll() {
        const taken = await Promise.all(Array.from({ length: poolSize(scarce) }, () => scarce.connect()))
        return () => {
          for (const client of taken) client.release()
        }
      },
    },
    narrow: {
      ...narrow,
      async fill() {
        const kinds: readonly QueueKind[] = ['import', 'export', 'fetch']
        // So late that nobody is given them.
        const notBefore = new Date(Date.now() + 3_600_000)
        const messages = kinds.map(kind => ({ jobId: randomUUID(), resource: 'users', kind, notBefore }))
        // Into the same table, by the queue without a limit.
        for (const message of messages) await queue.enqueue(message)
        return async () => {
          for (const { jobId } of messages) await queue.forget?.(jobId)
        }
      },
    },
    names,
    discreet,
    brittle,
    async files() {
      const keys: string[] = []
      for await (const { key } of storage.list('')) keys.push(key)
      return keys
    },
    async ageKey(key, hours) {
      const passed =
        'update lading.idempotency_keys set expires_at = expires_at - make_interval(hours => $2) where key = $1'
      await withClient(pool, client => client.query(passed, [key, hours]))
    },
    async stop() {
      stopping.abort()
      await working
      await Promise.all([queue.close(), scarceQueue.close(), narrowQueue.close()])
    },
  }
}
