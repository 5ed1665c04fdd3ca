// What the tests of two storages share: two servers on one database, each with a folder, a queue and workers of its own.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect } from 'vitest'
import { createReferenceDatabase, type TestDatabase } from '../../../test-support/database.ts'
import {
  createExporter,
  createImporter,
  createJobs,
  type FileStorage,
  fileStorage,
  type Job,
  type Jobs,
  type JobsOptions,
  postgresQueue,
} from '../src/index.ts'
import { resources } from './support.ts'

export interface OneServer {
  readonly folder: string
  readonly storage: FileStorage
  readonly jobs: Jobs
  /** Begins to work; ends with the test, or with `stop`. */
  work(options?: Partial<JobsOptions> & { readonly imports?: number }): void
  stop(): Promise<void>
}

export interface StoragesBed {
  readonly database: TestDatabase
  readonly a: OneServer
  readonly b: OneServer
  /** Submits users whose emails begin with a name. */
  submit(server: OneServer, name: string, more?: object): Promise<Job>
  ended(id: string): Promise<Job>
  get(id: string): Promise<Job>
  /** Waits until a worker has done something else, so that it has had every chance to take what it must not. */
  hasWorked(server: OneServer): Promise<void>
  emails(): Promise<readonly string[]>
}

export const usersFile = (name: string, count = 4) =>
  `email,name,role,active\n${Array.from({ length: count }, (_, row) => `${name}-${row}@example.org,N,reader,true\n`).join('')}`

export const emailsOf = (name: string, count = 4) =>
  Array.from({ length: count }, (_, row) => `${name}-${row}@example.org`)

/** A new bed for each test. */
export function storagesBed(): StoragesBed {
  let database: TestDatabase
  let servers: OneServer[]
  let closers: (() => Promise<void>)[]

  async function server(): Promise<OneServer> {
    const folder = await mkdtemp(join(tmpdir(), 'lading-storages-'))
    const storage = fileStorage(folder)
    const { pool } = database
    const jobsWith = (options: Partial<JobsOptions>): Jobs => {
      return createJobs({
        importer: createImporter({ pool, resources, batchRows: 3 }),
        exporter: createExporter({ pool, resources }),
        queue: postgresQueue(),
        storage,
        rescueSeconds: 0.05,
        pollMs: 50,
        backoffMs: 50,
        remote: { allow: ['127.0.0.1:*'], pauseMs: 1 },
        ...options,
      })
    }
    let stopping = new AbortController()
    let working: Promise<void> = Promise.resolve()
    const stop = async () => {
      stopping.abort()
      await working
      stopping = new AbortController()
    }
    closers.push(async () => {
      await stop()
      await rm(folder, { recursive: true })
    })
    return {
      folder,
      storage,
      jobs: jobsWith({}),
      work({ imports = 2, ...options } = {}) {
        working = jobsWith(options).work({ signal: stopping.signal, imports, exports: 1, fetches: 1 })
      },
      stop,
    }
  }

  beforeEach(async () => {
    database = await createReferenceDatabase()
    closers = []
    servers = [await server(), await server()]
  })
  afterEach(async () => {
    await Promise.all(closers.map(close => close()))
    await database.drop()
  })
  const [first, second] = [0, 1].map(place => () => servers[place] as OneServer) as [
    () => OneServer,
    () => OneServer,
  ]
  const bed: StoragesBed = {
    get database() {
      return database
    },
    get a() {
      return first()
    },
    get b() {
      return second()
    },
    submit: ({ jobs }, name, more = {}) =>
      jobs.submitImport({ resource: 'users', format: 'csv', source: Buffer.from(usersFile(name)), ...more }),
    get: async id => (await first().jobs.get(id)) as Job,
    async ended(id) {
      await expect
        .poll(async () => (await bed.get(id)).status, { timeout: 20_000 })
        .toMatch(/completed|failed|cancelled/)
      return bed.get(id)
    },
    async hasWorked(server) {
      const { id } = await bed.submit(server, `chance-${Math.random().toString(36).slice(2)}`)
      expect((await bed.ended(id)).status).toBe('completed')
    },
    async emails() {
      const { rows } = await database.pool.query(
        `select email from users where email not like 'chance-%' order by email`,
      )
      return rows.map(({ email }) => email)
    },
  }
  return bed
}
