// Outages of the database, its disk, its locks and the storage at random, while jobs of every kind run: each ends exactly.
import { once } from 'node:events'
import { chmod, mkdtemp, rename, rm } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import pg from 'pg'
import { expect, test } from 'vitest'
import {
  createExporter,
  createImporter,
  createJobs,
  fileStorage,
  type Jobs,
  ladingMigrations,
  migrate,
  postgresQueue,
} from '../../packages/core/src/index.ts'
import { startOwnServer } from '../../test-support/own-server.ts'
import {
  begin,
  createTableSql,
  csv,
  fleetResources,
  kinds,
  type Left,
  leftOf,
  tableOf,
} from '../support/fleet.ts'
import { faultHarness } from '../support/harness.ts'
import { complaints } from '../support/oracle.ts'
import { randomFrom } from '../support/random.ts'
import { smallDisk } from '../support/small-disk.ts'

const count = Number(process.env.OUTAGES_JOBS ?? 100)
const longest = Number(process.env.OUTAGES_SECONDS ?? 60)
const seed = Number(process.env.OUTAGES_SEED ?? Date.now() % 1_000_000)

const harness = faultHarness()
const names = Object.keys(kinds)

test(`${count} jobs of every kind, outages of up to ${longest} s, seed ${seed}`, async () => {
  process.stdout.write(`OUTAGES_SEED=${seed} OUTAGES_JOBS=${count} OUTAGES_SECONDS=${longest}\n`)
  const random = randomFrom(seed)
  const dataDir = await mkdtemp(join(tmpdir(), 'lading-outages-'))
  await chmod(dataDir, 0o755)
  let server = await startOwnServer({ dataDir, database: 'outages' })
  const shares = [server]
  const { port } = server
  const url = server.url
  const file = createServer((_, response) =>
    response.writeHead(200, { 'content-length': Buffer.byteLength(csv) }).end(csv),
  ).listen(0, '127.0.0.1')
  await once(file, 'listening')
  const fileServer = `127.0.0.1:${(file.address() as AddressInfo).port}`
  const pool = new pg.Pool({ connectionString: url, max: 12, options: '-c lock_timeout=0' })
  pool.on('error', () => undefined)
  const reference = new URL('../../migrations/reference', import.meta.url).pathname
  await migrate({ pool, folders: [ladingMigrations(), reference] })

  // The first jobs are the reference: nothing happens to them.
  const resources = fleetResources(count + names.length)
  const jobs = createJobs({
    importer: createImporter({ pool, resources, batchRows: 100 }),
    exporter: createExporter({ pool, resources }),
    queue: postgresQueue(),
    storage: fileStorage(harness.folder),
    remote: { allow: [fileServer] },
  })
  const context = { jobs, pool, resources, origin: `http://${fileServer}` }
  for (let number = 0; number < resources.length; number++) await pool.query(createTableSql(number))
  const expected = await undisturbed(jobs, context)

  const disk = await smallDisk(pool, '96m')
  for (let number = names.length; disk !== undefined && number < resources.length; number++) {
    await pool.query(
      `alter table ${tableOf(number)} set tablespace ${disk.tablespace};
       alter index ${tableOf(number)}_pkey set tablespace ${disk.tablespace}`,
    )
  }
  // Every later connection except those of this test.
  await pool.query(`alter database outages set lock_timeout = '500ms'`)
  const submitted: { readonly id: string; readonly number: number; readonly name: string }[] = []
  for (let number = names.length; number < resources.length; number++) {
    const name = names[number % names.length] ?? ''
    submitted.push({ id: await begin(kinds[name] ?? never(), number, context), number, name })
  }

  const outages: Readonly<Record<string, (seconds: number) => Promise<void>>> = {
    async 'database stopped'(seconds) {
      process.kill(server.pid, random() < 0.5 ? 'SIGQUIT' : 'SIGINT')
      await expect.poll(() => isAlive(server.pid), { interval: 20 }).toBe(false)
      await setTimeout(seconds * 1000)
      server = await startOwnServer({ dataDir, database: 'outages', port })
      shares.push(server)
    },
    async 'storage away'(seconds) {
      await rename(harness.folder, `${harness.folder}-away`)
      await setTimeout(seconds * 1000)
      await rename(`${harness.folder}-away`, harness.folder)
    },
    async 'tables locked'(seconds) {
      const holder = await pool.connect()
      try {
        await holder.query(`begin; lock table ${submitted.map(({ number }) => tableOf(number)).join(', ')}`)
        await setTimeout(seconds * 1000)
        await holder.query('commit')
      } finally {
        holder.release()
      }
    },
    ...(disk && {
      async 'tablespace full'(seconds: number) {
        await disk.fill()
        await setTimeout(seconds * 1000)
        await disk.free()
      },
    }),
  }
  const happened = new Map<string, number>()
  // Each waits for little between two batches, so that outages meet jobs that run.
  const settings = { databaseUrl: url, batchRows: 20, fleet: resources.length, allow: fileServer }
  const workers = ['one', 'two'].map(() =>
    harness.worker({ ...settings, maxAttempts: 5, maxBackoffMs: 2_000 }),
  )
  const open = async () => {
    const { rows } = await patientQuery(
      pool,
      `select count(*)::int as open from lading.jobs where status in ('pending', 'processing')`,
    )
    return Number(rows[0]?.open)
  }
  while ((await open()) > 0) {
    await setTimeout(random() * 2_000)
    if ((await open()) === 0) break
    const [name = '', outage] =
      Object.entries(outages)[Math.floor(random() * Object.keys(outages).length)] ?? []
    const seconds = Math.min(longest, 1 + random() * (longest - 1))
    happened.set(name, (happened.get(name) ?? 0) + 1)
    await outage?.(seconds)
    // What met it may wait for its pause, and is to get further before the next one.
    await setTimeout(3_000)
  }

  const wrong: string[] = []
  for (const { id, number, name } of submitted) {
    const left = await leftOf(id, number, context)
    const reference = expected.get(name) ?? never()
    // An export has no checkpoint, whose law this would be.
    const isExport = left.file !== undefined
    const found = complaints(left, reference).filter(law => !isExport || !law.startsWith('the checkpoint is'))
    const { errorMessage } = (await jobs.get(id)) ?? {}
    if (errorMessage != null) found.push(errorMessage)
    if (left.file !== reference.file) found.push('its file has other rows')
    wrong.push(...found.map(complaint => `${name}, ${tableOf(number)}: ${complaint}`))
  }
  process.stdout.write(
    `seed ${seed}: ${submitted.length} jobs; ${[...happened].map(([name, times]) => `${times} × ${name}`).join(', ')}\n`,
  )
  expect(wrong).toEqual([])
  for (const worker of workers) worker.send('SIGTERM')
  for (const worker of workers) expect((await worker.ended).code).toBe(0)
  await disk?.remove(submitted.map(({ number }) => tableOf(number)))
  file.close()
  await pool.end()
  for (const share of shares) await share.stop()
  await rm(dataDir, { recursive: true })
})

async function undisturbed(jobs: Jobs, context: Parameters<typeof begin>[2]): Promise<Map<string, Left>> {
  const stopping = new AbortController()
  const working = jobs.work({ signal: stopping.signal })
  const expected = new Map<string, Left>()
  for (const [number, [name, kind]] of Object.entries(kinds).entries()) {
    const id = await begin(kind, number, context)
    await expect.poll(async () => (await jobs.get(id))?.status, { timeout: 60_000 }).toBe('completed')
    expected.set(name, await leftOf(id, number, context))
  }
  stopping.abort()
  await working
  // A reference that is empty would prove nothing.
  expect(expected.get('CSV, error')?.rejected.length).toBeGreaterThan(100)
  expect(expected.get('atomic')?.rows.length).toBe(2_000)
  expect(expected.get('bundle in')?.rows.length).toBe(20_000)
  expect(expected.get('export')?.file).not.toBe(expected.get('bundle out')?.file)
  return expected
}

/** The database may be down for longer than a connection waits. */
async function patientQuery(pool: pg.Pool, sql: string): Promise<pg.QueryResult> {
  for (;;) {
    const answer = await pool.query(sql).catch(() => undefined)
    if (answer !== undefined) return answer
    await setTimeout(100)
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

function never(): never {
  throw new Error('There is no such kind.')
}
