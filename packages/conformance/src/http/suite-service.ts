// The service used by an HTTP suite: real jobs on a database, with a storage in memory.
import { randomUUID } from 'node:crypto'
import type { Pool, Resource } from '@lading/core'
import { createExporter, createImporter, createJobs, memoryStorage, postgresQueue } from '@lading/core'
import { poolSize, withClient } from '@lading/core/internal'
import { brittleService } from './brittle-service.ts'
import type { HttpSuiteService } from './harness.ts'
import { createJobEnds } from './job-ends.ts'
import { remoteNames } from './remote-names.ts'
import { visibilityService } from './visibility-service.ts'

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
  const discreet = visibilityService(pool)
  const brittle = brittleService(pool)
  const storage = memoryStorage()
  const names = remoteNames()
  const remote = { ...suiteRemote, lookup: names.lookup }
  const { onJobEnd, jobEnded } = createJobEnds()
  const serviceOn = (pool: Pool, limit: { readonly maxWaitingJobs?: number } = {}) => {
    const exporter = createExporter({ pool, resources })
    const importer = createImporter({ pool, resources })
    // A job that is tried again need not wait as long as in earnest.
    const pauses = { backoffMs: 50, pollMs: 100 }
    const queue = postgresQueue()
    const options = { importer, exporter, queue, storage, remote, onJobEnd, ...pauses, ...limit }
    return { jobs: createJobs(options), exporter }
  }
  const { jobs, exporter } = serviceOn(pool)
  const short = serviceOn(scarce)
  const narrow = serviceOn(pool, { maxWaitingJobs: 1 })
  const stopping = new AbortController()
  const working = jobs.work({ signal: stopping.signal, imports: 1, exports: 1 })
  return {
    jobs,
    exporter,
    resources,
    jobEnded,
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
        // One job of each kind, due so late that no worker takes it. They are deleted afterwards.
        const sql = 'insert into lading.jobs (id, kind, resource, format, source_key, due_at) values '
        const ids = [randomUUID(), randomUUID(), randomUUID()]
        const late = `'users', 'csv', $4, clock_timestamp() + interval '1 hour'`
        const rows = `($1, 'import', ${late}), ($2, 'export', ${late}), ($3, 'import', 'users', 'csv', null, clock_timestamp() + interval '1 hour')`
        await withClient(pool, client => client.query(sql + rows, [...ids, 'imports/never/source']))
        return async () => {
          await withClient(pool, client =>
            client.query('delete from lading.jobs where id = any ($1::uuid[])', [ids]),
          )
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
    },
  }
}
