// What each fault test has: a database, a folder, a file, workers to kill, and the oracle at the end.
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import type pg from 'pg'
import { afterEach, beforeEach, expect } from 'vitest'
import project from '../../examples/reference-server/lading.config.ts'
import {
  createExporter,
  createImporter,
  createJobs,
  fileStorage,
  type Jobs,
  postgresQueue,
  type Queue,
  type Resource,
} from '../../packages/core/src/index.ts'
import { createReferenceDatabase, type TestDatabase } from '../../test-support/database.ts'
import { storedFiles } from '../../test-support/stored-files.ts'
import { expectNothingLeft, unhandledOf } from './left-over.ts'
import { complaints, type Traces, tracesOf } from './oracle.ts'
import { createSampleTableSql, sampleCsv, sampleResource } from './sample-rows.ts'
import type { Sabotage, WorkerSettings } from './settings.ts'
import { type SpawnOptions, startWorker, type Worker } from './worker.ts'

/** Bytes of memory that a worker may use, for any size of the file. */
const peakLimit = 300 * 1024 * 1024

export interface FaultHarness {
  readonly database: TestDatabase
  readonly pool: pg.Pool
  /** Of the storage. */
  readonly folder: string
  /** A file of the resource `cargo`. */
  readonly file: string
  /** On the same database and folder; they do not work. */
  readonly jobs: Jobs
  worker(settings?: Partial<WorkerSettings>, options?: SpawnOptions): Worker
  /** Submits the file as an import. */
  submit(): Promise<string>
  status(id: string): Promise<JobNow>
  /** Waits until the job has reached this point. */
  reached(id: string, row: number): Promise<void>
  ended(id: string): Promise<JobNow>
  /** Kills, and asserts that the job was running and had neither just started nor almost ended. */
  killAmid(worker: Worker, id: string): Promise<void>
  complaints(id: string): Promise<string[]>
  /** Asserts that the import is as if nothing had happened, and that nothing is left of what had. */
  expectExact(id: string, options?: { readonly files?: number }): Promise<void>
  /** Everything in the folder of the storage. */
  files(): Promise<string[]>
}

export interface JobNow {
  readonly status: string
  readonly row: number
  readonly attempts: number
  readonly token: number
  readonly errorCode: string | null
}

const sabotage = process.env.FAULTS_SABOTAGE as Sabotage | undefined
const resources: readonly Resource[] = [...project.resources, sampleResource()]

export function faultHarness({ rows = 20_000 }: { readonly rows?: number } = {}): FaultHarness {
  let database: TestDatabase
  let home: string
  let queue: Queue
  let jobs: Jobs
  let workers: Worker[] = []
  const csv = sampleCsv(rows)

  beforeEach(async () => {
    workers = []
    database = await createReferenceDatabase()
    await database.pool.query(createSampleTableSql)
    home = await mkdtemp(join(tmpdir(), 'lading-faults-'))
    await mkdir(join(home, 'files'))
    await writeFile(join(home, 'cargo.csv'), csv)
    queue = postgresQueue()
    jobs = jobsOn(database.pool, queue, join(home, 'files'))
  })
  afterEach(async () => {
    for (const worker of workers) {
      worker.send('SIGCONT')
      worker.send('SIGKILL')
    }
    const ends = await Promise.all(workers.map(({ ended }) => ended))
    await queue.close?.()
    await database.drop()
    await rm(home, { recursive: true })
    expect(ends.flatMap(({ events }) => unhandledOf(events))).toEqual([])
  })

  const harness: FaultHarness = {
    get database() {
      return database
    },
    get pool() {
      return database.pool
    },
    get folder() {
      return join(home, 'files')
    },
    get file() {
      return join(home, 'cargo.csv')
    },
    get jobs() {
      return jobs
    },
    worker(settings = {}, options) {
      const worker = startWorker(
        {
          databaseUrl: database.url,
          folder: harness.folder,
          task: { name: 'work' },
          leaseSeconds: 0.6,
          batchRows: 1_000,
          sabotage,
          ...settings,
        },
        options,
      )
      workers.push(worker)
      return worker
    },
    async submit() {
      const { id } = await jobs.submitImport({ resource: 'cargo', format: 'csv', source: Buffer.from(csv) })
      return id
    },
    async status(id) {
      const { rows: found } = await database.pool.query(
        `select status, checkpoint_row::int as row, attempts, token::int, error_code as "errorCode"
         from lading.jobs where id = $1`,
        [id],
      )
      return found[0]
    },
    async reached(id, row) {
      await expect
        .poll(async () => (await harness.status(id)).row, { timeout: patience(rows), interval: 2 })
        .toBeGreaterThanOrEqual(row)
    },
    async ended(id) {
      await expect
        .poll(async () => (await harness.status(id)).status, { timeout: patience(rows) })
        .toMatch(/completed|failed|cancelled/)
      return harness.status(id)
    },
    async killAmid(worker, id) {
      worker.send('SIGKILL')
      const { signal } = await worker.ended
      expect(signal).toBe('SIGKILL')
      const { status, row } = await harness.status(id)
      expect({ status, isAmid: row > 0 && row < rows }).toEqual({ status: 'processing', isAmid: true })
    },
    complaints: async id => complaints(await tracesOf(database.pool, id), await referenceOf(rows)),
    async expectExact(id, { files = 1 } = {}) {
      await harness.ended(id)
      expect(await harness.complaints(id)).toEqual([])
      const peaks = workers.map(worker => worker.peakBytes())
      for (const peak of peaks) expect(peak).toBeLessThan(peakLimit)
      for (const worker of workers) worker.send('SIGTERM')
      const ends = await Promise.all(workers.map(({ ended }) => ended))
      expect(ends.flatMap(({ events }) => unhandledOf(events))).toEqual([])
      await expectNothingLeft(database.pool)
      expect(await harness.files()).toHaveLength(files)
    },
    async files() {
      return (await storedFiles(harness.folder)).map(entry =>
        relative(harness.folder, join(entry.parentPath, entry.name)),
      )
    },
  }
  return harness
}

function jobsOn(pool: pg.Pool, queue: Queue, folder: string): Jobs {
  return createJobs({
    importer: createImporter({ pool, resources, batchRows: 1_000 }),
    exporter: createExporter({ pool, resources }),
    queue,
    storage: fileStorage(folder),
  })
}

const references = new Map<number, Promise<Traces>>()

/** The result of an undisturbed import of a file of this many records. */
export function referenceOf(rows: number): Promise<Traces> {
  const known = references.get(rows) ?? undisturbed(rows)
  references.set(rows, known)
  return known
}

/** Milliseconds that a file may take on a machine that has much else to do: some 100 times what it takes alone. */
const patience = (rows: number): number => Math.max(60_000, rows)

async function undisturbed(rows: number): Promise<Traces> {
  const database = await createReferenceDatabase()
  const folder = await mkdtemp(join(tmpdir(), 'lading-reference-'))
  const { pool } = database
  await pool.query(createSampleTableSql)
  const queue = postgresQueue()
  const jobs = jobsOn(pool, queue, folder)
  const stopping = new AbortController()
  const working = jobs.work({ signal: stopping.signal, imports: 1, exports: 0 })
  try {
    const source = Buffer.from(sampleCsv(rows))
    const { id } = await jobs.submitImport({ resource: 'cargo', format: 'csv', source })
    await expect.poll(async () => (await jobs.get(id))?.status, { timeout: patience(rows) }).toBe('completed')
    const traces = await tracesOf(pool, id)
    // 2 in 100 are rejected, as the generator says: a reference that is wrong itself would prove nothing.
    expect([traces.rows.length, traces.rejected.length]).toEqual([rows * 0.98, rows * 0.02])
    return traces
  } finally {
    stopping.abort()
    await working
    await queue.close?.()
    await database.drop()
    await rm(folder, { recursive: true })
  }
}
