// Connections that break: the process survives, the job continues, and no row is lost or duplicated.
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import pg from 'pg'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createReferenceDatabase, type TestDatabase } from '../../../../test-support/database.ts'
import { startOwnServer } from '../../../../test-support/own-server.ts'
import {
  createExporter,
  createImporter,
  createJobs,
  fileStorage,
  ladingMigrations,
  migrate,
  postgresQueue,
} from '../../src/index.ts'
import { importLedger } from '../../src/jobs/work/import-ledger.ts'
import { ReadPrefix } from '../../src/storage/prefix.ts'
import { bytes, repositoryRoot, resources } from '../support.ts'

const count = 20_000
const rows = Array.from({ length: count }, (_, row) => `u${row}@example.org,N,reader,true\n`)
const csv = bytes(`email,name,role,active\n${rows.join('')}`)

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lading-broken-'))
})
afterEach(async () => {
  await rm(folder, { recursive: true })
})

/** Only Lading listens to the errors of the pool. */
function serviceOn(url: string) {
  const pool = new pg.Pool({ connectionString: url, max: 10 })
  const queue = postgresQueue()
  const jobs = createJobs({
    importer: createImporter({ pool, resources, batchRows: 200 }),
    exporter: createExporter({ pool, resources }),
    queue,
    storage: fileStorage(join(folder, 'files')),
    maxAttempts: 1_000,
    leaseSeconds: 2,
    rescueSeconds: 1,
    backoffMs: 10,
    maxBackoffMs: 200,
    pollMs: 100,
  })
  const stopping = new AbortController()
  const working = jobs.work({ signal: stopping.signal })
  return {
    pool,
    jobs,
    async stop() {
      stopping.abort()
      await working
      await queue.close?.()
      await pool.end()
    },
  }
}

type Service = ReturnType<typeof serviceOn>

const statusOf = async ({ jobs }: Service, id: string) => {
  // While the database is away, it cannot be queried.
  const job = await jobs.get(id).catch(() => undefined)
  return job?.status
}

const processedBy = async ({ jobs }: Service, id: string) =>
  (await jobs.get(id).catch(() => undefined))?.progress.processedRecords ?? 0

async function expectExact(service: Service, id: string): Promise<void> {
  await expect.poll(() => statusOf(service, id), { timeout: 40_000 }).toMatch(/completed|failed/)
  expect(await service.jobs.get(id)).toMatchObject({
    status: 'completed',
    errorCode: null,
    progress: { processedRecords: count, successfulRecords: count, insertedRecords: count, failedRecords: 0 },
  })
  const { rows: found } = await service.pool.query(
    'select count(*)::int as rows, count(distinct email)::int as emails from users',
  )
  expect(found).toEqual([{ rows: count, emails: count }])
}

/** Ends one backend of the service, other than before; returns what it was doing. */
async function terminated(database: TestDatabase, wanted: 'idle' | 'busy'): Promise<string | undefined> {
  const { rows: ended } = await database.pool.query(
    `select state, pg_terminate_backend(pid) from pg_stat_activity
     where datname = current_database() and pid <> pg_backend_pid() and backend_type = 'client backend'
       and (state = 'idle') = $1 order by random() limit 1`,
    [wanted === 'idle'],
  )
  return ended[0]?.state
}

test('twenty backends are terminated during a job, idle and busy ones', async () => {
  const database = await createReferenceDatabase()
  const service = serviceOn(database.url)
  try {
    const { id } = await service.jobs.submitImport({ resource: 'users', format: 'csv', source: csv })
    const kills = { idle: 0, busy: 0 }
    await expect
      .poll(
        async () => {
          expect(await statusOf(service, id)).not.toMatch(/completed|failed/)
          const wanted = kills.idle <= kills.busy && kills.idle < 10 ? 'idle' : 'busy'
          if ((await terminated(database, wanted)) !== undefined) kills[wanted]++
          return kills
        },
        { timeout: 30_000, interval: 20 },
      )
      .toEqual({ idle: 10, busy: 10 })
    await expectExact(service, id)
  } finally {
    await service.stop()
    await database.drop()
  }
})

test('the database is stopped immediately and restarted during a job', async () => {
  const options = { dataDir: join(folder, 'postgres'), database: 'restarted' }
  const first = await startOwnServer(options)
  const migrating = new pg.Pool({ connectionString: first.url })
  await migrate({
    pool: migrating,
    folders: [ladingMigrations(), join(repositoryRoot, 'migrations', 'reference')],
  })
  await migrating.end()
  const service = serviceOn(first.url)
  try {
    const { id } = await service.jobs.submitImport({ resource: 'users', format: 'csv', source: csv })
    await expect.poll(() => processedBy(service, id), { timeout: 10_000, interval: 5 }).toBeGreaterThan(400)
    // What `pg_ctl stop -m immediate` sends.
    process.kill(first.pid, 'SIGQUIT')
    await expect.poll(() => isAlive(first.pid), { timeout: 10_000 }).toBe(false)
    const second = await startOwnServer({ ...options, port: first.port })
    expect(second.pid).not.toBe(first.pid)
    expect(await processedBy(service, id)).toBeLessThan(count)
    await expectExact(service, id)
    await second.stop()
  } finally {
    await service.stop()
    await first.stop()
  }
})

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

test('a worker that is frozen inside a batch holds the row of its job no longer than its lease', async () => {
  const database = await createReferenceDatabase()
  const pool = new pg.Pool({ connectionString: database.url })
  const { id } = await createJobs({
    importer: createImporter({ pool, resources }),
    exporter: createExporter({ pool, resources }),
    queue: postgresQueue(),
    storage: fileStorage(folder),
  }).submitImport({ resource: 'users', format: 'csv', source: csv })
  const { rows: claimed } = await database.pool.query(
    `update lading.jobs set status = 'processing', token = 1 where id = $1 returning *`,
    [id],
  )
  const { fence } = importLedger(claimed[0], {
    // Time enough to see that it is held.
    leaseSeconds: 2,
    storedErrors: 0,
    read: new ReadPrefix(),
    from: undefined,
    firstAttempt: () => ({ resource: '', isPlain: true }),
  })
  const stopped = await pool.connect()
  // Reported twice: the message of the database, and the end of the connection.
  stopped.on('error', () => undefined)
  const ended = once(stopped, 'error')
  await stopped.query(`begin; ${fence.whole}`)
  const locked = `select from lading.jobs where id = $1 for update skip locked`
  expect((await database.pool.query(locked, [id])).rowCount).toBe(0)
  // By the database: the worker does nothing any more.
  expect(await ended).toMatchObject([{ code: '25P03' }])
  // The server says so first, and then gives the locks up.
  await expect.poll(async () => (await database.pool.query(locked, [id])).rowCount).toBe(1)
  stopped.release(true)
  await pool.end()
  await database.drop()
})

test('a pool that is smaller than its workers need is rejected with the figures', async () => {
  const database = await createReferenceDatabase()
  const pool = new pg.Pool({ connectionString: database.url, max: 5 })
  const jobs = createJobs({
    importer: createImporter({ pool, resources }),
    exporter: createExporter({ pool, resources }),
    queue: postgresQueue(),
    storage: fileStorage(folder),
  })
  const { signal } = new AbortController()
  await expect(jobs.work({ signal })).rejects.toMatchObject({
    code: 'CONFIG_INVALID',
    message:
      "The pool has 5 connections, but 4 import workers, 2 export workers and 3 for control need 9; raise the pool's max, or work with fewer workers.",
  })
  await pool.end()
  await database.drop()
})
