// A connection that breaks at any statement of an attempt: the job is tried again, and ends exactly.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createReferenceDatabase, type TestDatabase } from '../../../../test-support/database.ts'
import { createExporter, createImporter, createJobs, fileStorage, postgresQueue } from '../../src/index.ts'
import { bytes, resources } from '../support.ts'

const count = 150
const emails = Array.from({ length: count }, (_, row) => `u${String(row).padStart(3, '0')}@example.org`)
const lines = emails.map(email => `${email},N,reader,true\n`)
/** A record in the middle is there twice: its batch goes through a staging table, while others are copied into the table. */
const csv = bytes(
  `email,name,role,active\n${lines.toSpliced(count / 2, 0, lines[count / 2 - 1] ?? '').join('')}`,
)

let database: TestDatabase
let folder: string
beforeAll(async () => {
  database = await createReferenceDatabase()
  folder = await mkdtemp(join(tmpdir(), 'lading-statements-'))
})
afterAll(async () => {
  await rm(folder, { recursive: true })
  await database.drop()
})

/** How a connection ends, while a statement is on its way. */
const ends = {
  /** An administrator, a failover or a pooler: the backend is gone before the statement arrives (57P01). */
  terminated: async (client: pg.Client) => {
    await database.pool.query('select pg_terminate_backend($1)', [backendOf(client)])
  },
  /** The network: the statement may have been carried out, and no answer comes. */
  cut: async (client: pg.Client) => {
    socketOf(client).destroy()
  },
}

/** `pg` has had both in every release of version 8, and documents neither. */
const backendOf = (client: pg.Client) => (client as unknown as { processID: number }).processID
const socketOf = (client: pg.Client) =>
  (client as unknown as { connection: { stream: { destroy(): void } } }).connection.stream

/** What stands before most statements, and in every transaction. */
const settings =
  /(?:set transaction [^;]*; )?(?:set local "(?!synchronous)[^;]*; )+do \$lading\$ [^$]*current_setting[^$]*\$lading\$; /g

/** The shape of a statement, without its numbers, names and values. */
const shapeOf = (what: unknown) => {
  const text = typeof what === 'string' ? what : (what as { readonly text: string }).text
  const shape = text
    .replace(settings, '')
    .replace(/[0-9a-f]{12}|'[^']*'|\d+/g, '#')
    .replace(/\s+/g, ' ')
  return `${shape.slice(0, 120)} … ${shape.slice(-100)}`
}

/** Times that a connection ends at a statement of one shape. */
const timesAtAShape = 2

/** A pool in which each statement, the first times that it is seen, meets a connection that ends. */
function brittlePool(end: (client: pg.Client) => Promise<void>) {
  const pool = new pg.Pool({ connectionString: database.url, max: 10 })
  const broken = new Map<string, number>()
  pool.on('connect', client => {
    const query = client.query.bind(client) as (...args: unknown[]) => unknown
    const brittle = (...args: unknown[]): unknown => {
      const shape = shapeOf(args[0])
      const times = broken.get(shape) ?? 0
      if (times >= timesAtAShape) return query(...args)
      broken.set(shape, times + 1)
      if (typeof args[0] === 'string') return end(client).then(() => query(...args))
      const stream = query(...args)
      setImmediate(() => void end(client))
      return stream
    }
    Object.assign(client, { query: brittle })
  })
  return { pool, broken }
}

const jobsOn = (pool: pg.Pool) => {
  const queue = postgresQueue()
  const jobs = createJobs({
    importer: createImporter({ pool, resources, batchRows: 20 }),
    exporter: createExporter({ pool, resources }),
    queue,
    storage: fileStorage(folder),
    leaseSeconds: 1,
    maxAttempts: 1_000,
    rescueSeconds: 1,
    backoffMs: 1,
    maxBackoffMs: 10,
    pollMs: 20,
  })
  return { jobs, queue }
}

test.each(Object.keys(ends) as (keyof typeof ends)[])(
  'a connection that is %s at any statement of an attempt costs that attempt, and nothing else',
  async how => {
    await database.pool.query('truncate users cascade')
    const { jobs, queue } = jobsOn(database.pool)
    const { id } = await jobs.submitImport({ resource: 'users', format: 'csv', source: csv })
    const { pool, broken } = brittlePool(ends[how])
    const worker = jobsOn(pool)
    const stopping = new AbortController()
    const working = worker.jobs.work({ signal: stopping.signal })
    const ended = async (of: string) => {
      await expect
        .poll(async () => (await jobs.get(of))?.status, { timeout: 60_000 })
        .toMatch(/completed|failed/)
      return jobs.get(of)
    }
    const imported = await ended(id)
    const exported = await ended((await jobs.submitExport({ resource: 'users', format: 'csv' })).id)
    stopping.abort()
    await working
    await Promise.all([worker.queue.close?.(), queue.close?.()])
    await pool.end()

    expect(imported).toMatchObject({
      status: 'completed',
      errorCode: null,
      progress: { processedRecords: count + 1, insertedRecords: count, failedRecords: 1 },
    })
    expect(exported).toMatchObject({
      status: 'completed',
      errorCode: null,
      progress: { processedRecords: count },
    })
    const { rows } = await database.pool.query('select email from users order by email')
    expect(rows.map(({ email }) => email)).toEqual(emails)
    // That they were met at all: the statements between the claim and the end of the job.
    const met = [...broken.keys()].join('\n')
    const steps = [
      'pg_backend_pid',
      'copy public.users (',
      'copy pg_temp."lading_staging_',
      'begin isolation level read committed read write not deferrable; set local "synchronous_commit"',
      'insert into public.users',
      'begin isolation level read committed read write not deferrable; do $lading$',
      'copy (select',
    ]
    for (const step of steps) {
      expect(met.toLowerCase()).toContain(step)
    }
    expect(broken.size).toBeGreaterThan(12)
  },
)
