// The service behind an HTTP suite: real jobs on a database, with a storage in memory.
import { createExporter } from '../exporter/create-exporter.ts'
import { createImporter } from '../importer/create-importer.ts'
import { createJobs } from '../jobs/create-jobs.ts'
import type { Pool } from '../postgres/client.ts'
import { postgresQueue } from '../queue/postgres-queue.ts'
import type { Resource } from '../resource/define.ts'
import { memoryStorage } from '../storage/memory-storage.ts'
import { brittleService } from './brittle-service.ts'
import { discreetService } from './discreet-service.ts'
import type { HttpSuiteService } from './http-site.ts'

/** @param pool of a database with the tables of Lading and of the resources */
export function httpSuiteService(
  pool: Pool,
  resources: readonly Resource[],
): HttpSuiteService & { stop(): Promise<void> } {
  const discreet = discreetService(pool)
  const brittle = brittleService(pool)
  const exporter = createExporter({ pool, resources })
  const storage = memoryStorage()
  const queue = postgresQueue({ pool })
  const jobs = createJobs({ importer: createImporter({ pool, resources }), exporter, queue, storage })
  const stopping = new AbortController()
  const working = jobs.work({ signal: stopping.signal, imports: 1, exports: 1 })
  return {
    jobs,
    exporter,
    resources,
    discreet,
    brittle,
    async files() {
      const keys: string[] = []
      for await (const { key } of storage.list('')) keys.push(key)
      return keys
    },
    async stop() {
      stopping.abort()
      await working
      await queue.close()
    },
  }
}
