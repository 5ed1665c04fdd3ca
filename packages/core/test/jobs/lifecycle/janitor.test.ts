// The janitor: what has had its time is really gone, what has not stays, and the dead leave nothing.
import { mkdir, readdir, stat, utimes, writeFile } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { describe, expect, test } from 'vitest'
import { storedFiles } from '../../../../../test-support/stored-files.ts'
import {
  type CleanedKind,
  createExporter,
  createImporter,
  createJobs,
  fileStorage,
  type JobsOptions,
  noopMetrics,
  postgresQueue,
} from '../../../src/index.ts'
import { file, jobsHarness } from '../../fixtures/jobs-harness.ts'
import { bytes, resources } from '../../support.ts'

const harness = jobsHarness()

const nothing = { export_file: 0, spool: 0, job: 0, idempotency_key: 0, orphan: 0, unfinished: 0 }

const ask = async (sql: string, values: unknown[] = []) =>
  (await harness.database.pool.query(sql, values)).rows

const sourceOf = (idempotencyKey?: string) => ({
  resource: 'users',
  format: 'csv',
  source: bytes(file),
  idempotencyKey,
})

async function imported(idempotencyKey?: string): Promise<string> {
  const { id } = await harness.jobs.submitImport(sourceOf(idempotencyKey))
  await harness.ended(id)
  return id
}

async function exported(): Promise<string> {
  const { id } = await harness.jobs.submitExport({ resource: 'users', format: 'csv' })
  await harness.ended(id)
  return id
}

/** Everything in the folder of the storage, including unknown files. */
async function files(): Promise<string[]> {
  return (await storedFiles(harness.folder))
    .map(entry => relative(harness.folder, join(entry.parentPath, entry.name)))
    .sort()
}

/** As if it had ended so long ago. */
const endedAgo = (id: string, ago: string) =>
  ask(
    `update lading.jobs set created_at = clock_timestamp() - $2::interval, started_at = clock_timestamp() - $2::interval,
         completed_at = clock_timestamp() - $2::interval where id = $1`,
    [id, ago],
  )

async function age(key: string, minutes: number): Promise<void> {
  const moment = new Date(Date.now() - minutes * 60_000)
  await utimes(join(harness.folder, key), moment, moment)
}

async function plant(key: string, minutes: number): Promise<void> {
  await mkdir(join(harness.folder, key, '..'), { recursive: true })
  await writeFile(join(harness.folder, key), 'left over')
  await age(key, minutes)
}

/** Another server on the same database and storage. */
function server(options: Partial<JobsOptions> = {}) {
  const { pool } = harness.database
  return createJobs({
    importer: createImporter({ pool, resources }),
    exporter: createExporter({ pool, resources }),
    queue: postgresQueue(),
    storage: fileStorage(harness.folder),
    ...options,
  })
}

test('before anything expires, nothing is deleted', async () => {
  harness.work()
  await imported('k')
  await exported()
  const before = await files()
  expect(before).toHaveLength(2)
  expect(await harness.jobs.clean()).toEqual(nothing)
  expect(await files()).toEqual(before)
})

test('the file of an expired export is deleted, and its job is unchanged', async () => {
  harness.work()
  await imported()
  const [expired, kept] = [await exported(), await exported()]
  await ask(`update lading.jobs set expires_at = clock_timestamp() - interval '1 s' where id = $1`, [expired])
  expect(await harness.jobs.clean()).toEqual({ ...nothing, export_file: 1 })
  expect((await files()).filter(key => key.startsWith('exports/'))).toEqual([`exports/${kept}/1.csv`])
  expect(await harness.jobs.download(expired)).toBeUndefined()
  expect(
    await ask('select file_sha256 is not null as known, file_rows::int from lading.jobs where id = $1', [
      expired,
    ]),
  ).toEqual([{ known: true, file_rows: 3 }])
  expect(await harness.jobs.get(expired)).toMatchObject({ status: 'completed', file: null })
  const stream = await harness.jobs.download(kept)
  expect(String(stream && (await buffer(stream)))).toContain('a@example.org')
})

test('the source of an import is deleted 7 days after its end, with its rejected records; its errors stay', async () => {
  harness.work()
  const [old, young] = [await imported(), await imported()]
  await endedAgo(old, '7 days 1 minute')
  await endedAgo(young, '6 days 23 hours')
  expect(await harness.jobs.clean()).toEqual({ ...nothing, spool: 1 })
  expect(await files()).toHaveLength(1)
  await expect(harness.jobs.rejects(old)).rejects.toMatchObject({ code: 'STORAGE_NOT_FOUND' })
  expect((await harness.jobs.errors(old)).total).toBe(5)
  const rejects = await harness.jobs.rejects(young)
  expect(String(rejects && (await buffer(rejects)))).toContain('foo@bar')
})

test('a job is deleted 30 days after its end, with its errors, rejected records, keys and file', async () => {
  harness.work()
  const [old, young, waited] = [await imported('used'), await imported(), await exported()]
  for (const id of [old, waited]) await endedAgo(id, '30 days 1 minute')
  await endedAgo(young, '29 days 23 hours')
  // Its request may still be sent again, and must be answered with it.
  expect((await harness.jobs.clean()).job).toBe(1)
  expect(await harness.jobs.get(waited)).toBeUndefined()
  expect(await harness.jobs.get(old)).toBeDefined()
  await ask(`update lading.idempotency_keys set expires_at = clock_timestamp()`)
  expect(await harness.jobs.clean()).toMatchObject({ job: 1 })
  expect(await harness.jobs.get(old)).toBeUndefined()
  expect(await harness.jobs.get(young)).toBeDefined()
  for (const table of ['record_errors', 'rejected_records', 'idempotency_keys']) {
    const rows = await ask(
      `select distinct ${table === 'idempotency_keys' ? 'key' : 'job_id'} as of from lading.${table}`,
    )
    expect(rows).toEqual(table === 'idempotency_keys' ? [] : [{ of: young }])
  }
  expect(await files()).toEqual([])
})

test('a janitor without a retention period deletes no jobs and no sources', async () => {
  harness.work()
  await endedAgo(await imported(), '400 days')
  expect(await server({ jobRetentionSeconds: false, spoolRetentionSeconds: false }).clean()).toEqual(nothing)
  expect(await files()).toHaveLength(1)
  expect(await server({ jobRetentionSeconds: false }).clean()).toEqual({ ...nothing, spool: 1 })
})

test('an unfinished job stays, however old it is', async () => {
  const { id } = await harness.jobs.submitImport(sourceOf())
  await ask(`update lading.jobs set created_at = clock_timestamp() - interval '400 days'`)
  expect(await harness.jobs.clean()).toEqual(nothing)
  harness.work()
  expect(await harness.ended(id)).toMatchObject({ status: 'completed' })
})

test('files that no job refers to are deleted after an hour, and no other files of the folder', async () => {
  harness.work()
  const id = await imported()
  const [known = ''] = await files()
  await age(known, 600)
  await plant('imports/11111111-1111-4111-8111-111111111111/source', 61)
  await plant(`exports/${id}/7.csv`, 61)
  await plant('imports/22222222-2222-4222-8222-222222222222/source', 55)
  await plant('notes/readme.txt', 600)
  expect(await harness.jobs.clean()).toEqual({ ...nothing, orphan: 2 })
  expect(await files()).toEqual(
    [known, 'imports/22222222-2222-4222-8222-222222222222/source', 'notes/readme.txt'].sort(),
  )
  // Their folders are gone too.
  expect((await readdir(harness.folder)).sort()).toEqual(['.lading-storage-id', 'imports', 'notes'])
})

test('leftovers of an upload whose process died are deleted after an hour', async () => {
  await plant('imports/33333333-3333-4333-8333-333333333333/source.tmp-0011223344556677', 61)
  await plant('imports/44444444-4444-4444-8444-444444444444/source.tmp-0011223344556677', 55)
  expect(await harness.jobs.clean()).toEqual({ ...nothing, unfinished: 1 })
  expect(await files()).toEqual(['imports/44444444-4444-4444-8444-444444444444/source.tmp-0011223344556677'])
})

describe('several servers', () => {
  test('share the work when they clean at once, without errors', async () => {
    harness.work()
    for (let count = 0; count < 6; count++) await endedAgo(await imported(), '31 days')
    const failures: unknown[] = []
    const onError = (error: unknown) => failures.push(error)
    const all = await Promise.all(Array.from({ length: 4 }, () => server({ onError }).clean()))
    expect(failures).toEqual([])
    expect(all.reduce((sum, { job }) => sum + job, 0)).toBe(6)
    expect(all.reduce((sum, { spool }) => sum + spool, 0)).toBeLessThanOrEqual(6)
    expect([await files(), await ask('select id from lading.jobs')]).toEqual([[], []])
  })

  test('take turns: each run is done by one of them', async () => {
    const runs: string[] = []
    const metricsOf = (name: string) => ({
      ...noopMetrics,
      cleaned: ({ kind }: { kind: CleanedKind }) => void (kind === 'export_file' && runs.push(name)),
    })
    const begun = performance.now()
    const working = ['a', 'b', 'c'].map(name => {
      const stopping = new AbortController()
      const jobs = server({ metrics: metricsOf(name), janitorSeconds: 1 })
      return { stopping, ended: jobs.work({ signal: stopping.signal, imports: 1, exports: 1 }) }
    })
    await expect.poll(() => runs.length).toBeGreaterThanOrEqual(3)
    // At 0.9 s a turn there is no time for more.
    expect(runs.length).toBeLessThanOrEqual(1 + (performance.now() - begun) / 900)
    for (const { stopping } of working) stopping.abort()
    await Promise.all(working.map(({ ended }) => ended))
  })
})

test('a storage that fails is reported and does not keep the rest from being cleaned; a later run finds the file', async () => {
  harness.work()
  const id = await imported()
  await endedAgo(id, '8 days')
  const key = (await files())[0] ?? ''
  await harness.jobs.submitImport(sourceOf('k'))
  await ask('update lading.idempotency_keys set expires_at = clock_timestamp()')
  const failures: unknown[] = []
  const storage = fileStorage(harness.folder)
  const gone = new Error('the disk is gone')
  const fail = () => {
    throw gone
  }
  const broken = { ...storage, delete: async () => fail(), list: fail }
  const cleaned = await server({ storage: broken, onError: error => failures.push(error) }).clean()
  expect(cleaned).toEqual({ ...nothing, spool: 1, idempotency_key: 1 })
  expect(failures).toMatchObject(Array(2).fill({ code: 'STORAGE_UNAVAILABLE', cause: gone }))
  expect((await stat(join(harness.folder, key))).isFile()).toBe(true)
  await age(key, 61)
  expect(await harness.jobs.clean()).toEqual({ ...nothing, orphan: 1 })
})
