// F13, F14, F15, F16: connections, locks and disks that run out.
import { execFileSync } from 'node:child_process'
import { chown, mkdir, mkdtemp, readFile, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { expect, test } from 'vitest'
import project from '../examples/reference-server/lading.config.ts'
import {
  createExporter,
  createImporter,
  createJobs,
  fileStorage,
  type Jobs,
  postgresQueue,
  type Storage,
} from '../packages/core/src/index.ts'
import { fairClock } from '../test-support/fair-clock.ts'
import { faultHarness } from './support/harness.ts'
import { sampleResource } from './support/sample-rows.ts'
import { applicationName } from './support/settings.ts'

const harness = faultHarness()
const isRoot = process.getuid?.() === 0

function jobsOn(pool: pg.Pool, storage: Storage = fileStorage(harness.folder)): Jobs {
  const resources = [...project.resources, sampleResource()]
  return createJobs({
    importer: createImporter({ pool, resources }),
    exporter: createExporter({ pool, resources }),
    queue: postgresQueue(),
    storage,
  })
}

test('with all connections of the pool taken, requests are rejected within two seconds, and served once connections are back', async () => {
  const pool = new pg.Pool({
    connectionString: harness.database.url,
    max: 2,
    connectionTimeoutMillis: 1_000,
  })
  const jobs = jobsOn(pool)
  const source = await readFile(harness.file)
  const submit = { resource: 'cargo', format: 'csv', source }
  const held = [await pool.connect(), await pool.connect()]
  const running = fairClock()
  const answers = await Promise.allSettled([jobs.submitImport(submit), jobs.list({ kind: 'import' })])
  expect(running()).toBeLessThan(2_000)
  for (const answer of answers) {
    expect(answer).toMatchObject({ status: 'rejected', reason: { code: 'DATABASE_UNAVAILABLE' } })
  }
  expect(await harness.files()).toEqual([])
  for (const client of held) client.release()
  const { id } = await jobs.submitImport(submit)
  harness.worker()
  await harness.expectExact(id)
  await pool.end()
})

test('two updating imports that deadlock on the same rows both end, and every row is counted', async () => {
  const line = (row: number) => `u${row}@example.org,User ${row},reader,true\n`
  const numbers = Array.from({ length: 10_000 }, (_, row) => row)
  const send = (rows: readonly number[]) =>
    harness.jobs.submitImport({
      resource: 'users',
      format: 'csv',
      onConflict: 'update',
      source: Buffer.from(`email,name,role,active\n${rows.map(line).join('')}`),
    })
  // The other transaction waits for the whole batch.
  const patient = { batchRows: 10_000, leaseSeconds: 30 }
  const workers = ['one', 'two'].map(() => harness.worker(patient))
  await Promise.all(workers.map(worker => worker.reported('ready')))
  const both: string[] = []
  // Held until both have a batch of all rows to write, so that they start at the same time, each from its end of them.
  const gate = await harness.pool.connect()
  try {
    await gate.query('begin; lock table users in share mode')
    both.push((await send(numbers)).id, (await send([...numbers].reverse())).id)
    const waiting = async () =>
      (
        await harness.pool.query(
          `select from pg_stat_activity
           where application_name = $1 and datname = current_database() and wait_event_type = 'Lock'`,
          [applicationName],
        )
      ).rowCount
    await expect.poll(waiting).toBe(2)
    await gate.query('commit')
  } finally {
    gate.release()
  }
  for (const id of both) {
    // The batch is tried again where it is, up to five times; then the job waits, and is claimed once more.
    expect(await harness.ended(id)).toMatchObject({ status: 'completed' })
    expect((await harness.jobs.get(id))?.progress).toMatchObject({
      successfulRecords: 10_000,
      failedRecords: 0,
    })
  }
  const { rows } = await harness.pool.query(
    'select count(*)::int as users, (select sum(inserted)::int from lading.jobs) as inserted from users',
  )
  expect(rows).toEqual([{ users: 10_000, inserted: 10_000 }])
  const deadlocks = async () =>
    (
      await harness.pool.query(
        'select deadlocks::int from pg_stat_database where datname = current_database()',
      )
    ).rows[0].deadlocks
  // They did meet. The server chooses how often: up to seven times were seen, under load.
  await expect.poll(deadlocks).toBeGreaterThan(0)
})

test('a job whose worker gets no connection from the server waits, and ends once connections are available', async () => {
  const role = `lading_worker_${process.pid}`
  await harness.pool.query(`create role ${role} login password 'cargo'`)
  await harness.pool.query(`grant pg_read_all_data, pg_write_all_data to ${role}`)
  const url = new URL(harness.database.url)
  url.username = role
  url.password = 'cargo'
  const id = await harness.submit()
  const worker = harness.worker({ databaseUrl: url.href, batchRows: 100 })
  await harness.reached(id, 500)
  // A role that may not connect any more gets the SQLSTATE of a full server, 53300.
  await harness.pool.query(`alter role ${role} connection limit 0`)
  await harness.pool.query('select pg_terminate_backend(pid) from pg_stat_activity where usename = $1', [
    role,
  ])
  await expect.poll(() => worker.has('fault')).toBe(true)
  expect((await harness.status(id)).status).toMatch(/processing|pending/)
  await harness.pool.query(`alter role ${role} connection limit -1`)
  await harness.expectExact(id)
  await harness.pool.query(`drop owned by ${role}; drop role ${role}`)
})

test.skipIf(!isRoot)(
  'the disk of the storage is full: STORAGE_FULL, and nothing is left (needs root to mount)',
  async () => {
    await onSmallDisk('512k', async disk => {
      const jobs = jobsOn(harness.pool, fileStorage(disk, { reserveBytes: 0 }))
      const source = await readFile(harness.file)
      await expect(jobs.submitImport({ resource: 'cargo', format: 'csv', source })).rejects.toMatchObject({
        code: 'STORAGE_FULL',
      })
      expect(
        execFileSync('find', [disk, '-type', 'f', '!', '-name', '.lading-storage-id'], { encoding: 'utf8' }),
      ).toBe('')
      expect((await harness.pool.query('select from lading.jobs')).rowCount).toBe(0)
    })
  },
)

test.skipIf(!isRoot)(
  'the disk of the database is full: earlier batches stay, and once there is space the job ends exactly (needs root to mount)',
  async () => {
    const name = `small_${process.pid}`
    await onSmallDisk('1m', async disk => {
      // The folder must be that of the server's own account.
      const { rows: where } = await harness.pool.query('show data_directory')
      const { uid, gid } = await stat(where[0].data_directory)
      const folder = join(disk, 'space')
      await mkdir(folder)
      await chown(folder, uid, gid)
      await harness.pool.query(`create tablespace ${name} location '${folder}'`)
      await harness.pool.query(`alter table cargo set tablespace ${name}`)
      const id = await harness.submit()
      const worker = harness.worker({ batchRows: 500 })
      await worker.reported('fault')
      const full = await harness.status(id)
      expect(full.status).toMatch(/processing|pending/)
      expect(full.row).toBeGreaterThan(500)
      worker.send('SIGTERM')
      await worker.ended
      await harness.pool.query('alter table cargo set tablespace pg_default')
      await harness.pool.query(`drop tablespace ${name}`)
      harness.worker()
      await harness.expectExact(id)
    })
  },
)

async function onSmallDisk(size: string, work: (disk: string) => Promise<void>): Promise<void> {
  const disk = await mkdtemp(join(tmpdir(), 'lading-small-'))
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${size},mode=755`, 'tmpfs', disk])
  try {
    await work(disk)
  } finally {
    execFileSync('umount', ['-l', disk])
    await rm(disk, { recursive: true })
  }
}
