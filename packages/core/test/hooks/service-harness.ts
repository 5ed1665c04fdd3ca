// Jobs, queues and a server of the suite over all hooks, each used once with the hook in it.
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type pg from 'pg'
import { createHttp, type HttpOptions, handleNode } from '../../src/http/index.ts'
import {
  createExporter,
  createImporter,
  createJobs,
  type JobsOptions,
  type Metrics,
  memoryQueue,
  memoryStorage,
  noopMetrics,
  waitForDatabase,
} from '../../src/index.ts'
import { file, type Outcome, things } from './things.ts'

export interface ServiceHarness {
  /** One job that ends, on a queue in memory. */
  working(options: Partial<JobsOptions>): Promise<Outcome>
  /** One run of the janitor. */
  cleaning(options: Partial<JobsOptions>): Promise<Outcome>
  /** One verification of the stored files, of which there is one. @param verified is called with the result */
  verifying(verified: NonNullable<Metrics['verified']>): Promise<Outcome>
  /** A start before the database is there. */
  waiting(onWait: (sentence: string) => unknown): Promise<Outcome>
  /** One request. @param leaving closes its connection */
  asking(
    path: string,
    options: Partial<HttpOptions>,
    principal?: () => unknown,
    leaving?: AbortSignal,
  ): Promise<Outcome>
}

export function serviceHarness(pool: pg.Pool, hookTimeoutSeconds: number): ServiceHarness {
  const jobsOn = (log: unknown[], options: Partial<JobsOptions>) => {
    const parts = { pool, resources: [things({})], hookTimeoutSeconds }
    return createJobs({
      importer: createImporter(parts),
      exporter: createExporter(parts),
      queue: memoryQueue(),
      storage: memoryStorage(),
      onError: error => log.push(error),
      backoffMs: 10,
      ...options,
    })
  }
  return {
    async cleaning(options) {
      const log: unknown[] = []
      const cleaned = await jobsOn(log, options).clean()
      return { code: undefined, reported: '', log, result: Object.keys(cleaned).length }
    },
    async verifying(verified) {
      const log: unknown[] = []
      const stopping = new AbortController()
      let found: string | undefined
      const metrics: Metrics = {
        ...noopMetrics,
        verified(facts) {
          found = facts.state
          stopping.abort()
          return verified(facts)
        },
      }
      const jobs = jobsOn(log, { metrics, verifyStored: {} })
      await jobs.submitImport({ resource: 'things', format: 'csv', source: Buffer.from(file) })
      await jobs.work({ signal: stopping.signal, imports: 0, exports: 0, fetches: 0 })
      return { code: undefined, reported: '', log, result: found }
    },
    async waiting(onWait) {
      let asked = 0
      const late = {
        options: pool.options,
        async connect() {
          asked++
          if (asked === 1) throw new Error('connect ECONNREFUSED')
          return pool.connect()
        },
      }
      await waitForDatabase(late, { onWait })
      return { code: undefined, reported: '', log: [], result: asked }
    },
    async working(options) {
      const log: unknown[] = []
      const stopping = new AbortController()
      const { onJobEnd, ...others } = options
      let hear = () => {}
      const ended = new Promise<void>(resolve => {
        hear = resolve
      })
      const jobs = jobsOn(log, {
        ...others,
        onJobEnd(job) {
          hear()
          return onJobEnd?.(job)
        },
      })
      const { id } = await jobs.submitImport({
        resource: 'things',
        format: 'csv',
        source: Buffer.from(file),
      })
      const working = jobs.work({ signal: stopping.signal })
      await ended
      const job = await jobs.get(id)
      stopping.abort()
      await working
      return {
        code: job?.errorCode ?? undefined,
        reported: job?.errorMessage ?? '',
        log,
        result: { status: job?.status, successful: job?.progress.successfulRecords },
      }
    },
    async asking(path, options, principal, leaving) {
      const log: unknown[] = []
      const http = createHttp({
        jobs: jobsOn(log, {}),
        exporter: createExporter({ pool, resources: [things({})] }),
        resources: [things({})],
        onFault: error => log.push(error),
        hookTimeoutSeconds,
        ...options,
      })
      const server = createServer((request, response) =>
        handleNode(http, { request, response, url: request.url ?? '/', mount: '', principal }),
      )
      await once(server.listen(0, '127.0.0.1'), 'listening')
      try {
        // A TCP server that listens has an address of this form.
        const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`
        const answer = await fetch(url, leaving ? { signal: leaving } : {})
        const reported = await answer.text()
        const code: string | undefined = answer.ok ? undefined : JSON.parse(reported).code
        return { code, reported, log, result: answer.status }
      } finally {
        server.closeAllConnections()
        server.close()
        await http.whenIdle()
      }
    },
  }
}
