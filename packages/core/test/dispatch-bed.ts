// What the tests of the dispatcher share: jobs as rows, and workers that write down what they are given.
import { randomUUID } from 'node:crypto'
import { afterEach, beforeEach } from 'vitest'
import { createDatabase, type TestDatabase } from '../../../test-support/database.ts'
import { migrate } from '../src/index.ts'
import { type DispatchOptions, dispatch } from '../src/jobs/dispatch/dispatch.ts'
import { rescue } from '../src/jobs/maintenance/rescue.ts'
import { lanesOf } from '../src/jobs/store/claim/lanes.ts'
import type { JobRow } from '../src/jobs/store/job-row.ts'
import { createJobStore, type JobStore } from '../src/jobs/store/job-store.ts'
import { createWakeUps } from '../src/jobs/store/wake-ups.ts'
import type { Pool } from '../src/postgres/pool/client.ts'
import { memoryQueue } from '../src/queue/memory-queue.ts'

/** Milliseconds: a worker that polls as rarely hears of jobs by wake-ups only. */
export const never = 3_600_000

export interface NewRow {
  readonly kind?: 'import' | 'export'
  readonly resource?: string
  readonly tenant?: string
  readonly storage?: string
  /** SQL. @defaultValue now */
  readonly due?: string
}

export interface TestWorker {
  /** Jobs in the order in which they were begun. */
  readonly begun: string[]
  readonly rows: JobRow[]
  readonly errors: unknown[]
  readonly ended: Promise<void>
  wake(lane?: string): void
  interrupt(id: string): void
  abort(): void
  /** Aborts, and waits for the end. */
  stop(): Promise<void>
}

export interface DispatchBed {
  readonly database: TestDatabase
  readonly store: JobStore
  /** Writes ready jobs, one after the other, and returns their ids. */
  add(count: number, row?: NewRow): Promise<string[]>
  /** @param work what the worker does with a job; then the job is completed, unless it rejects: then it is given back */
  worker(options?: Partial<DispatchOptions>, work?: (id: string, signal: AbortSignal) => unknown): TestWorker
  /** Makes lost jobs ready, as maintenance does. */
  rescue(): Promise<void>
  /** Stops all workers, whatever they wait for. */
  stop(): Promise<void>
  statusOf(id: string): Promise<string>
  count(status: string): Promise<number>
}

export function dispatchBed(): DispatchBed {
  let database: TestDatabase
  let store: JobStore
  let workers: TestWorker[] = []
  /** Comes with the end of a test, so that a job that nobody lets go holds up nothing. */
  let over: AbortController
  const newOutbox = () => createWakeUps(memoryQueue(), () => undefined)
  const storeOn = (pool: Pool) => createJobStore(pool, newOutbox, { fileExpiryHours: 24, storedErrors: 10 })

  beforeEach(async () => {
    workers = []
    over = new AbortController()
    database = await createDatabase()
    await migrate({ pool: database.pool })
    store = storeOn(database.pool)
  })
  async function stop(): Promise<void> {
    over.abort()
    await Promise.all(workers.map(worker => worker.stop().catch(() => undefined)))
  }
  afterEach(async () => {
    await stop()
    await database.drop()
  })

  const ask = async (sql: string, values: unknown[]) => (await database.pool.query(sql, values)).rows
  return {
    get database() {
      return database
    },
    get store() {
      return store
    },
    async add(count, { kind = 'import', resource = 'users', tenant = '', storage, due } = {}) {
      const ids = Array.from({ length: count }, () => randomUUID())
      await ask(
        `insert into lading.jobs (id, kind, resource, tenant, format, source_key, source_storage, due_at)
        select id, $2, $3, $4, 'csv', 'imports/' || id, $5, ${due ?? "clock_timestamp() + place * interval '1 us'"}
        from unnest($1::uuid[]) with ordinality as n (id, place)`,
        [ids, kind, resource, tenant, storage ?? null],
      )
      return ids
    },
    worker(options = {}, work = async () => undefined) {
      const begun: string[] = []
      const rows: JobRow[] = []
      const errors: unknown[] = []
      const abort = new AbortController()
      const pool = options.pool ?? database.pool
      const own = storeOn(pool)
      const dispatcher = dispatch({
        pool,
        lanes: lanesOf('import', undefined),
        worker: randomUUID(),
        leaseSeconds: 60,
        concurrency: 1,
        pollMs: never,
        signal: abort.signal,
        async work(job, signal) {
          begun.push(job.id)
          rows.push(job)
          try {
            await Promise.race([work(job.id, signal), untilAsked(job.id, over.signal)])
          } catch {
            await own.release(job.id, job.token)
            return
          }
          await own.end(job.id, job.token, 'complete', {})
        },
        release: ({ id, token }) => own.release(id, token),
        onError: error => errors.push(error),
        ...options,
      })
      const worker: TestWorker = {
        begun,
        rows,
        errors,
        ended: dispatcher.ended,
        wake: lane => dispatcher.wake(lane),
        interrupt: id => dispatcher.interrupt(id),
        abort: () => abort.abort(),
        async stop() {
          abort.abort()
          await dispatcher.ended
        },
      }
      workers.push(worker)
      return worker
    },
    stop,
    rescue: () => rescue({ pool: database.pool, newOutbox, running: () => [] }),
    statusOf: async id => (await ask('select status from lading.jobs where id = $1', [id]))[0].status,
    count: async status =>
      (await ask('select count(*)::int as n from lading.jobs where status = $1', [status]))[0].n,
  }
}

/** A promise that is resolved from outside: holds jobs until a test lets them go. */
export function gate(): { readonly opened: Promise<void>; open(): void } {
  let open = (): void => undefined
  const opened = new Promise<void>(resolve => {
    open = resolve
  })
  return { opened, open: () => open() }
}

/** Rejects when the job is asked to stop. */
export function untilAsked(_id: string, signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true })
    if (signal.aborted) reject(signal.reason)
  })
}
