// `npm run test:standby`: a streaming standby is promoted in the middle of jobs, again and again.
import { setTimeout as moment } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import pg from 'pg'
import { expect, test } from 'vitest'
import { startServer } from '../../examples/reference-server/test/support.ts'
import { lading, referenceConfig } from '../../packages/cli/test/support.ts'
import {
  createExporter,
  createImporter,
  createJobs,
  defineResource,
  fileStorage,
  ladingMigrations,
  migrate,
  postgresQueue,
  Type,
} from '../../packages/core/src/index.ts'
import { randomFrom } from '../support/random.ts'
import { createGoodsSql, type Level, type Reported, records, siteOn, withFolder } from './clients.ts'
import { ask, binaries, type Cluster, createPrimary } from './cluster.ts'
import { judge } from './judge.ts'

const rounds = Number(process.env.STANDBY_ROUNDS ?? 20)
const firstSeed = Number(process.env.STANDBY_SEED ?? Date.now() % 1_000_000)
const bin = binaries()
const missing =
  'it needs a PostgreSQL with pg_basebackup in /usr/lib/postgresql/*/bin or $PG_BIN, and found none'

interface Sums {
  accepted: number
  completed: number
  lostJobs: number
  lostEnds: number
  amid: number
}

const asynchronous = { name: 'asynchronous', names: '', level: undefined }
const synchronous = { name: 'synchronous, with the setting', names: '*', level: 'on' as Level }

test.each([asynchronous, synchronous])('$name: promoted during jobs', async ({ name, names, level }) => {
  if (bin === undefined) {
    process.stdout.write(`test:standby cannot run: ${missing}.\n`)
    return expect.soft(bin, missing).toBeDefined()
  }
  const sums: Sums = { accepted: 0, completed: 0, lostJobs: 0, lostEnds: 0, amid: 0 }
  let primary = await createPrimary(bin)
  try {
    const pool = new pg.Pool({ connectionString: primary.url })
    await migrate({ pool, folders: [ladingMigrations()] })
    await pool.query(createGoodsSql)
    await pool.end()
    await withFolder(async folder => {
      for (let round = 0; round < rounds; round++) {
        const seed = firstSeed + round
        primary = await oneRound({ primary, folder, seed, names, level, sums }).catch(error => {
          throw new Error(`Seed ${seed}: ${error instanceof Error ? error.message : String(error)}`, {
            cause: error,
          })
        })
      }
    })
  } finally {
    await primary.destroy()
  }
  process.stdout.write(
    `${name}, seeds ${firstSeed} to ${firstSeed + rounds - 1}: ${rounds} promotions, ${sums.amid} jobs in the middle of their file; ` +
      `of ${sums.accepted} accepted jobs ${sums.lostJobs} lost with their rows, of ${sums.completed} seen completed ${sums.lostEnds} lost their end\n`,
  )
  expect(sums.amid).toBeGreaterThan(0)
  if (level === undefined) {
    // The standby was kept back, so that there was something to lose: otherwise the test would show nothing.
    expect(sums.lostJobs + sums.lostEnds).toBeGreaterThan(0)
  } else expect([sums.lostJobs, sums.lostEnds]).toEqual([0, 0])
})

interface Round {
  readonly primary: Cluster
  readonly folder: string
  readonly seed: number
  readonly names: string
  readonly level: Level
  readonly sums: Sums
}

/** @returns the new primary, on which every job that it knows has ended exactly */
async function oneRound({ primary, folder, seed, names, level, sums }: Round): Promise<Cluster> {
  const random = randomFrom(Math.imul(seed, 2_654_435_761))
  const standby = await primary.follow()
  if (names !== '') {
    await ask(primary.url, `alter system set synchronous_standby_names = '${names}'`)
    await ask(primary.url, 'select pg_reload_conf()')
    const states = () => ask(primary.url, 'select sync_state from pg_stat_replication')
    await expect.poll(states, { timeout: 20_000 }).toEqual([{ sync_state: 'sync' }])
  }
  const reported: Reported = { accepted: new Map(), completed: new Set() }
  const before = await siteOn(primary.url, folder, level)
  before.send(reported, seed * 1_000)
  before.work()
  await expect.poll(() => reported.completed.size, { timeout: 60_000 }).toBeGreaterThanOrEqual(2)
  await moment(random() * 300)
  const [{ pid: sender }] = (await ask(primary.url, 'select pid from pg_stat_replication')) as [
    { pid: number },
  ]
  // Commits from here on do not reach the standby.
  process.kill(sender, 'SIGSTOP')
  await moment(random() * 400)
  process.kill(await primary.pid(), 'SIGQUIT')
  process.kill(sender, 'SIGKILL')
  await before.end()
  await primary.destroy()
  await standby.promote()

  const after = await siteOn(standby.url, folder, level)
  try {
    const verdict = await judge(after.pool, reported)
    expect(verdict.complaints).toEqual([])
    const { rows } = await after.pool.query(
      `select count(*)::int as count from lading.jobs where status <> 'completed' and processed > 0`,
    )
    sums.amid += rows[0].count
    sums.accepted += reported.accepted.size
    sums.completed += reported.completed.size
    sums.lostJobs += verdict.lostJobs.length
    sums.lostEnds += verdict.lostEnds.length
    after.work()
    const open = async () =>
      (await after.pool.query(`select from lading.jobs where status in ('pending', 'processing')`)).rowCount
    await expect.poll(open, { timeout: 60_000 }).toBe(0)
    const known = await judge(after.pool, { accepted: new Map(), completed: new Set() })
    expect(known.complaints).toEqual([])
    const ends = (await after.pool.query(`select distinct status, processed::int from lading.jobs`)).rows
    expect(ends).toEqual([{ status: 'completed', processed: records }])
    await after.pool.query('truncate lading.jobs, goods cascade')
  } finally {
    await after.end()
  }
  return standby
}

test('a standby is rejected with one sentence', async () => {
  if (bin === undefined) return expect.soft(bin, missing).toBeDefined()
  const primary = await createPrimary(bin)
  const pool = new pg.Pool({ connectionString: primary.url })
  const reference = fileURLToPath(new URL('../../migrations/reference', import.meta.url))
  await migrate({ pool, folders: [ladingMigrations(), reference] })
  await pool.query(createGoodsSql)
  await pool.end()
  const standby = await primary.follow()
  const reading = new pg.Pool({ connectionString: standby.url })
  try {
    await withFolder(async folder => {
      const resources = [
        defineResource('goods', {
          table: 'goods',
          schema: Type.Object({ file: Type.Integer(), ref: Type.Integer(), label: Type.String() }),
        }),
      ]
      const importer = createImporter({ pool: reading, resources })
      const exporter = createExporter({ pool: reading, resources })
      const queue = postgresQueue()
      const jobs = createJobs({ importer, exporter, queue, storage: fileStorage(folder) })
      const source = Buffer.from('file,ref,label\n1,1,a\n')
      const refusal = {
        message:
          'The database is a standby, which accepts no changes; connect to its primary, or promote it.',
      }
      await expect(importer.check()).rejects.toMatchObject(refusal)
      await expect(importer.run({ resource: 'goods', format: 'csv', source })).rejects.toMatchObject(refusal)
      await expect(jobs.submitImport({ resource: 'goods', format: 'csv', source })).rejects.toMatchObject(
        refusal,
      )
      await expect(migrate({ pool: reading, folders: [ladingMigrations()] })).rejects.toMatchObject(refusal)
      await queue.close?.()
      const server = startServer({ DATABASE_URL: standby.url, STORAGE_PATH: folder })
      await expect(server).rejects.toThrow(refusal.message)
      const work = ['--config', referenceConfig, 'work', '--storage', folder]
      const { code, stderr } = await lading(work, { databaseUrl: standby.url })
      expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringContaining(refusal.message) })
    })
  } finally {
    await reading.end()
    await standby.destroy()
    await primary.destroy()
  }
})
