// What the tests of jobs share: a database, a folder, and jobs on them that work when they are told to.
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type pg from 'pg'
import { afterEach, beforeEach, expect } from 'vitest'
import { createReferenceDatabase, type TestDatabase } from '../../../test-support/database.ts'
import {
  createExporter,
  createImporter,
  createJobs,
  fileStorage,
  type Job,
  type Jobs,
  type JobsOptions,
  ladingMigrations,
  postgresQueue,
  type Queue,
  type Resource,
} from '../src/index.ts'
import { resources } from './support.ts'

interface BedOptions
  extends Partial<
    Pick<
      JobsOptions,
      | 'activeJobsPerCaller'
      | 'storedErrors'
      | 'storage'
      | 'maxAttempts'
      | 'leaseSeconds'
      | 'rescueSeconds'
      | 'pollMs'
      | 'backoffMs'
      | 'maxBackoffMs'
      | 'maxWaitingJobs'
      | 'queue'
      | 'onJobEnd'
      | 'onError'
      | 'onOutage'
      | 'outageLimitSeconds'
      | 'metrics'
      | 'remote'
      | 'verifyStored'
    >
  > {
  /** Options of a pool of its own for importer and exporter. @defaultValue that of the database */
  readonly pool?: pg.Pool
  /** @defaultValue the reference resources */
  readonly resources?: readonly Resource[]
}

export interface JobsBed {
  readonly database: TestDatabase
  /** Of the storage. */
  readonly folder: string
  readonly jobs: Jobs
  /** Other jobs on the same tables. */
  jobsWith(options: BedOptions): Jobs
  /** Begins to work; it ends with the test, or with `stop`. */
  work(options?: BedOptions): void
  /** Stops working, as a process does that is told to. */
  stop(): Promise<void>
  /** Works until something has happened, and stops as a process does that is told to. */
  workUntil(happened: () => Promise<boolean>, options?: BedOptions): Promise<void>
  /** The text of one of Lading's migrations. */
  migration(name: string): Promise<string>
  /** Deletes what is stored. */
  forgetFiles(): Promise<void>
  /** Waits until a job has ended. */
  ended(id: string): Promise<Job>
}

/** A new bed for each test. */
export function jobsBed(): JobsBed {
  let database: TestDatabase
  let folder: string
  let queue: Queue
  let jobs: Jobs
  let stopping: AbortController
  let working: Promise<void>
  const jobsWith = ({ resources: own = resources, pool: given, ...options }: BedOptions): Jobs => {
    const pool = given ?? database.pool
    return createJobs({
      importer: createImporter({ pool, resources: own, batchRows: 3 }),
      exporter: createExporter({ pool, resources: own }),
      queue,
      storage: fileStorage(folder),
      ...options,
    })
  }
  beforeEach(async () => {
    database = await createReferenceDatabase()
    folder = await mkdtemp(join(tmpdir(), 'lading-jobs-'))
    queue = postgresQueue()
    jobs = jobsWith({})
    stopping = new AbortController()
    working = Promise.resolve()
  })
  afterEach(async () => {
    stopping.abort()
    await working
    await queue.close?.()
    await database.drop()
    await rm(folder, { recursive: true })
  })
  return {
    get database() {
      return database
    },
    get folder() {
      return folder
    },
    get jobs() {
      return jobs
    },
    jobsWith,
    work(options = {}) {
      jobs = jobsWith(options)
      working = jobs.work({ signal: stopping.signal })
    },
    async stop() {
      stopping.abort()
      await working
      stopping = new AbortController()
    },
    async workUntil(happened, options = {}) {
      const enough = new AbortController()
      const done = jobsWith(options).work({ signal: enough.signal })
      await expect.poll(happened, { timeout: 20_000, interval: 1 }).toBe(true)
      enough.abort()
      await done
    },
    migration: name => readFile(join(ladingMigrations(), `${name}.sql`), 'utf8'),
    async forgetFiles() {
      // The storage is still the one that it was, and its files are gone.
      const names = (await readdir(folder)).filter(name => name !== '.lading-storage-id')
      await Promise.all(names.map(name => rm(join(folder, name), { recursive: true })))
    },
    async ended(id) {
      await expect
        .poll(async () => (await jobs.get(id))?.status, { timeout: 20_000 })
        .toMatch(/completed|failed|cancelled/)
      return (await jobs.get(id)) as Job
    },
  }
}

/** The queue in the database, which does some things otherwise. */
export function queueWith(parts: Partial<Queue>): Queue {
  const queue = postgresQueue()
  return { ...queue, withPool: pool => ({ ...queue, ...queue.withPool?.(pool), ...parts }) }
}

/** Six records, of which three are rejected for five broken rules. */
export const file = [
  'email,name,role,active',
  'a@example.org,A,reader,true',
  'foo@bar,B,manager,true',
  'c@example.org,"C\nC",reader,true',
  'A@example.org,D,reader,true',
  'e@example.org,,reader,maybe',
  'f@example.org,F,reader,true',
  '',
].join('\n')
