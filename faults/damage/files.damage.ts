// `npm run test:damage`: stored files are damaged at random moments, and nothing ends as completed with other data.
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import type pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  type ByteRange,
  createExporter,
  createImporter,
  createJobs,
  defineResource,
  fileStorage,
  type Job,
  type Jobs,
  ladingMigrations,
  migrate,
  postgresQueue,
  type Queue,
  type Storage,
  Type,
} from '../../packages/core/src/index.ts'
import { createDatabase, type TestDatabase } from '../../test-support/database.ts'
import { randomFrom } from '../support/random.ts'
import { damage, kinds } from './damages.ts'
import { expectedRows, files, records } from './files.ts'

const trials = Number(process.env.DAMAGE_TRIALS ?? 1_000)
const firstSeed = Number(process.env.DAMAGE_SEED ?? Date.now() % 1_000_000)

const goods = (lookUp: () => Promise<void> = async () => undefined) =>
  defineResource('goods', {
    table: 'goods',
    schema: Type.Object({ ref: Type.Integer(), label: Type.String({ maxLength: 30 }) }),
    lookUp,
  })
const moments = [
  'before',
  'while it is read',
  'between batches',
  'at resume',
  'before a resume that finds it whole',
  'before a download',
  'during a download',
  'before rejects',
] as const
type Moment = (typeof moments)[number]

let database: TestDatabase
let queue: Queue
let folder: string
let jobs: Jobs
let stop: () => Promise<void> = async () => undefined
/** An action at the n-th chunk that is read, or before the n-th batch; requested once. */
const planned = new Map<string, () => Promise<unknown>>()
const counts = { chunk: 0, batch: 0 }

beforeAll(async () => {
  database = await createDatabase()
  const { pool } = database
  folder = await mkdtemp(join(tmpdir(), 'lading-damage-'))
  await migrate({ pool, folders: [ladingMigrations()] })
  await pool.query('create table goods (ref int not null, label text not null)')
  queue = postgresQueue()
  const stored = fileStorage(folder)
  jobs = createJobs({
    importer: createImporter({ pool, resources: [goods(() => met('batch'))], batchRows: 10 }),
    exporter: createExporter({ pool, resources: [goods()] }),
    queue,
    storage: { ...stored, get: async (key, range) => Readable.from(pieces(stored, key, range)) },
    leaseSeconds: 5,
    rescueSeconds: 1,
    pollMs: 20,
    backoffMs: 5,
    maxBackoffMs: 20,
  })
})
afterAll(async () => {
  await stop()
  await queue.close?.()
  await database.drop()
  await rm(folder, { recursive: true, force: true })
})

async function met(what: keyof typeof counts): Promise<void> {
  await planned.get(`${what} ${++counts[what]}`)?.()
}

/** Read in small pieces from the current content of the file, as a disk or another server returns it. */
async function* pieces(
  storage: Storage,
  key: string,
  { start = 0, end }: ByteRange = {},
): AsyncGenerator<Buffer> {
  const last = end ?? Number.POSITIVE_INFINITY
  for (let at = start; at < last; ) {
    await met('chunk')
    const piece = await buffer(await storage.get(key, { start: at, end: Math.min(at + 256, last) }))
    if (piece.length === 0) return
    yield piece
    at += piece.length
  }
}

function work(): void {
  const stopping = new AbortController()
  const working = jobs.work({ signal: stopping.signal, imports: 1, exports: 1 })
  stop = async () => {
    stopping.abort()
    await working
  }
}

/** Damages that have happened, of which some were planned for a moment that never came. */
let happened = 0

/** Damages the only stored file; the returned function restores it. */
async function damageIt(random: () => number): Promise<() => Promise<void>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  const [file] = entries.filter(entry => entry.isFile() && !entry.name.startsWith('.'))
  const kind = kinds[Math.floor(random() * kinds.length)] ?? 'flip'
  if (file === undefined) return expect.fail('Nothing is stored.')
  const path = join(file.parentPath, file.name)
  const before = await readFile(path)
  await damage(path, kind, random)
  happened += 1
  return () => writeFile(path, before)
}

async function ended(id: string): Promise<Job> {
  const isOver = async () => ['completed', 'failed'].includes((await jobs.get(id))?.status ?? '')
  await expect.poll(isOver, { timeout: 60_000, interval: 3 }).toBe(true)
  return (await jobs.get(id)) ?? expect.fail('The job is gone.')
}

const rowsNow = async (pool: pg.Pool) =>
  (await pool.query('select ref, label from goods order by ref, label')).rows.map(
    ({ ref, label }) => `${ref} ${label}`,
  )

/** What the trial came to; it throws for data that is not that of the file. */
async function trial(seed: number): Promise<string> {
  const { pool } = database
  await pool.query('truncate goods; delete from lading.jobs')
  for (const name of ['imports', 'exports']) await rm(join(folder, name), { recursive: true, force: true })
  planned.clear()
  const random = randomFrom(Math.imul(seed, 2_654_435_761))
  const harm = () => damageIt(random)
  const moment = moments[Math.floor(random() * moments.length)] ?? 'before'
  if (moment === 'before a download' || moment === 'during a download') return download(moment, random)
  const [, format, source, settings] = files[Math.floor(random() * files.length)] ?? expect.fail()
  const plan = (what: keyof typeof counts, nth: number) => planned.set(`${what} ${counts[what] + nth}`, harm)
  const isAgain = moment === 'at resume' || moment === 'before a resume that finds it whole'
  if (moment === 'before' || isAgain) await stop()
  const { id } = await jobs.submitImport({ resource: 'goods', format, source, ...settings })
  if (moment === 'while it is read') plan('chunk', 1 + Math.floor(random() * 8))
  if (moment === 'between batches') plan('batch', 2 + Math.floor(random() * 10))
  const putBack = moment === 'before a resume that finds it whole' ? await harm() : undefined
  if (isAgain) {
    work()
    const row = 10 + Math.floor(random() * 80)
    const isAmid = async () => {
      const job = await jobs.get(id)
      return (job?.progress.processedRecords ?? 0) >= row || job?.status === 'failed'
    }
    await expect.poll(isAmid, { timeout: 60_000, interval: 1 }).toBe(true)
    await stop()
  }
  if (moment === 'before' || moment === 'at resume') await harm()
  await putBack?.()
  if (moment === 'before' || isAgain) work()
  const job = await ended(id)
  const rows = await rowsNow(pool)
  expect(rows.length, 'rows that are counted').toBe(job.progress.insertedRecords)
  if (job.status === 'completed') expect(rows).toEqual(expectedRows)
  else expect([job.errorCode, moment === 'before rejects']).toEqual(['STORAGE_CORRUPT', false])
  if (moment !== 'before rejects' || settings.atomic === true) return `${moment}: ${job.status}`
  const before = await rejectsOf(id)
  expect(before.toString('utf8')).toContain('x'.repeat(31))
  await harm()
  const after = await rejectsOf(id).catch((error: { code?: string }) => error.code)
  if (Buffer.isBuffer(after)) expect(after.toString('latin1')).toBe(before.toString('latin1'))
  else expect(after).toBe('STORAGE_CORRUPT')
  return `${moment}: ${Buffer.isBuffer(after) ? 'the same' : 'refused'}`
}

async function rejectsOf(id: string): Promise<Buffer> {
  const stream = await jobs.rejects(id)
  return stream === undefined ? expect.fail('There are no rejects.') : buffer(stream)
}

async function download(moment: Moment, random: () => number): Promise<string> {
  await database.pool.query(`insert into goods select n, 'crate ' || n from generate_series(1, ${records}) n`)
  const { id } = await jobs.submitExport({ resource: 'goods', format: random() < 0.5 ? 'csv' : 'ndjson' })
  expect((await ended(id)).status).toBe('completed')
  const whole = async () => {
    const stream = await jobs.download(id)
    return stream === undefined ? expect.fail('There is no file.') : buffer(stream)
  }
  const before = await whole()
  const printed = before
    .toString()
    .split('\n')
    .filter(line => line.includes('crate'))
  expect(printed).toHaveLength(records)
  const harm = () => damageIt(random)
  if (moment === 'before a download') await harm()
  else planned.set(`chunk ${counts.chunk + 1 + Math.floor(random() * (before.length / 256))}`, harm)
  const after = await whole().catch((error: { code?: string }) => error.code)
  if (!Buffer.isBuffer(after)) expect(after).toBe('STORAGE_CORRUPT')
  else expect(after.equals(before)).toBe(true)
  return `${moment}: ${Buffer.isBuffer(after) ? 'the same' : 'refused'}`
}

test(`${trials} damages, seeds from ${firstSeed}`, async () => {
  const sums = new Map<string, number>()
  work()
  let seed = firstSeed
  for (; happened < trials; seed++) {
    const before = happened
    const came = await trial(seed).catch(error => {
      throw new Error(`Seed ${seed}: ${error instanceof Error ? error.message : String(error)}`, {
        cause: error,
      })
    })
    const how = happened > before ? came : `${came}, before the damage`
    sums.set(how, (sums.get(how) ?? 0) + 1)
  }
  const list = [...sums].sort().map(([how, count]) => `${count} × ${how}`)
  process.stdout.write(`seeds ${firstSeed} to ${seed - 1}: ${list.join(', ')}\n`)
  // Every file that is damaged before it is read is detected; later, the damaged place has already been read intact.
  expect([...sums.keys()].filter(how => how === 'before: completed')).toEqual([])
  const isMet = (moment: Moment) =>
    [...sums.keys()].some(how => how.startsWith(`${moment}: `) && !how.endsWith(', before the damage'))
  if (trials >= 100) expect(moments.filter(moment => !isMet(moment))).toEqual([])
})
