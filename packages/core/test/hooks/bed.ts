// What the suite over all hooks works with: a table, a server, and jobs, each used once with the hook in it.
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { createReferenceDatabase, type TestDatabase } from '../../../../test-support/database.ts'
import { createHttp, type HttpOptions, handleNode } from '../../src/http/index.ts'
import {
  createExporter,
  createImporter,
  createJobs,
  defineResource,
  type ExporterOptions,
  type ImporterOptions,
  type JobsOptions,
  LadingError,
  type Metrics,
  memoryQueue,
  memoryStorage,
  noopMetrics,
  type QueueOptions,
  type Resource,
  type ResourceDefinition,
  type RunOptions,
  type StreamOptions,
  Type,
  waitForDatabase,
} from '../../src/index.ts'

export interface Outcome {
  /** Undefined: it went well. */
  readonly code: string | undefined
  /** What whoever asked reads. */
  readonly told: string
  /** What the log heard. */
  readonly log: readonly unknown[]
  /** What came of it, to be compared with what was expected: rows, or an answer. */
  readonly result: unknown
}

/** Where all is well with an import: the bad record is rejected, the other two are there. */
export const imported = {
  rows: ['1 a {x}', '2 b {y}'],
  report: { processed: 3, successful: 2, failed: 1, errorsByCode: { INVALID_ID: 1 } },
  errors: [{ rowNumber: 3, field: 'id', code: 'INVALID_ID', value: 'bad' }],
}
const file = 'id,name,tags\n1,a,"[""x""]"\nbad,c,[]\n2,b,"[""y""]"\n'

/** Where all is well with an export. */
export const exported = '{"id":7,"name":"old","tags":["z"]}\n'

const schema = Type.Object({
  id: Type.Integer(),
  name: Type.String(),
  tags: Type.Array(Type.String()),
})
export type Things = ResourceDefinition<typeof schema>

export function things(more: Partial<Things>): Resource {
  return defineResource('things', { table: 'things', schema, ...more })
}

interface Parts {
  readonly resource?: Partial<Things>
  readonly importer?: Partial<ImporterOptions>
  readonly exporter?: Partial<ExporterOptions>
  readonly run?: Partial<RunOptions>
  readonly stream?: Partial<StreamOptions>
}

export interface HookBed {
  readonly database: TestDatabase
  drop(): Promise<void>
  /** Puts the table back to what it was. */
  reset(): Promise<void>
  /** An import of three records, in batches of one. */
  importing(parts: Parts): Promise<Outcome>
  /** An export of the one row, or a bundle with it. */
  exporting(parts: Parts, open?: (exporter: ReturnType<typeof createExporter>) => Readable): Promise<Outcome>
  /** One job that ends, on a queue in memory. */
  working(options: Partial<JobsOptions>): Promise<Outcome>
  /** One run of the janitor. */
  cleaning(options: Partial<JobsOptions>): Promise<Outcome>
  /** One walk through stored files, of which there is one. @param verified hears of it */
  verifying(verified: NonNullable<Metrics['verified']>): Promise<Outcome>
  /** A start before the database is there. */
  waiting(onWait: (sentence: string) => unknown): Promise<Outcome>
  /** One message, whose handler rejects the first time. */
  delivering(options: QueueOptions): Promise<Outcome>
  /** One request. */
  asking(path: string, options: Partial<HttpOptions>, principal?: () => unknown): Promise<Outcome>
}

export async function hookBed(hookTimeoutSeconds: number): Promise<HookBed> {
  const database = await createReferenceDatabase()
  const { pool } = database
  await pool.query('create table things (id int primary key, name text, tags text[])')
  const jobsOn = (log: unknown[], options: Partial<JobsOptions>) => {
    const parts = { pool, resources: [things({})], hookTimeoutSeconds }
    return createJobs({
      importer: createImporter(parts),
      exporter: createExporter(parts),
      queue: memoryQueue(),
      storage: memoryStorage(),
      onError: error => log.push(error),
      ...options,
    })
  }
  return {
    database,
    drop: () => database.drop(),
    async reset() {
      await pool.query(`truncate things; insert into things values (7, 'old', '{z}')`)
    },
    async importing({ resource = {}, importer, run }) {
      const own = createImporter({
        pool,
        resources: [things(resource)],
        batchRows: 1,
        hookTimeoutSeconds,
        ...importer,
      })
      const source = Buffer.from(file)
      return outcome(async () => {
        const report = await own.run({ resource: 'things', format: 'csv', source, caller, ...run })
        const { rows } = await pool.query(
          `select concat_ws(' ', id, name, tags) as row from things where id <> 7 order by id`,
        )
        const { processed, successful, failed, errorsByCode } = report
        return {
          rows: rows.map(({ row }) => row),
          report: { processed, successful, failed, errorsByCode },
          errors: report.errors.map(({ rowNumber, field, code, value }) => ({
            rowNumber,
            field,
            code,
            value,
          })),
        }
      })
    },
    async exporting({ resource = {}, exporter, stream }, open) {
      const own = createExporter({ pool, resources: [things(resource)], hookTimeoutSeconds, ...exporter })
      return outcome(async () => {
        const printed = open?.(own) ?? own.stream({ resource: 'things', format: 'ndjson', caller, ...stream })
        const bytes = await buffer(printed)
        return open === undefined ? bytes.toString() : bytes.length > 100
      })
    },
    async cleaning(options) {
      const log: unknown[] = []
      const cleaned = await jobsOn(log, options).clean()
      return { code: undefined, told: '', log, result: Object.keys(cleaned).length }
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
      return { code: undefined, told: '', log, result: found }
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
      return { code: undefined, told: '', log: [], result: asked }
    },
    async delivering(options) {
      const queue = memoryQueue({ backoffMs: 1, ...options })
      const stopping = new AbortController()
      const delivered: string[] = []
      await queue.enqueue({ jobId: randomUUID(), resource: 'things', kind: 'import' })
      await queue.consume({
        kind: 'import',
        concurrency: 1,
        signal: stopping.signal,
        async handler(id) {
          delivered.push(id)
          if (delivered.length === 1) throw new Error('the first time')
          stopping.abort()
        },
      })
      await queue.close()
      return { code: undefined, told: '', log: [], result: delivered.length }
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
        told: job?.errorMessage ?? '',
        log,
        result: { status: job?.status, successful: job?.progress.successfulRecords },
      }
    },
    async asking(path, options, principal) {
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
        const answer = await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`)
        const told = await answer.text()
        const code: string | undefined = answer.ok ? undefined : JSON.parse(told).code
        return { code, told, log, result: answer.status }
      } finally {
        server.closeAllConnections()
        server.close()
        await http.settled()
      }
    },
  }
}

/** Whom hooks are asked for; they must not be able to change it. */
export const caller = { tenant: 'acme', principal: 'ann' }

async function outcome(work: () => Promise<unknown>): Promise<Outcome> {
  try {
    return { code: undefined, told: '', log: [], result: await work() }
  } catch (error) {
    if (!(error instanceof LadingError)) throw error
    return { code: error.code, told: error.message, log: [error], result: undefined }
  }
}
