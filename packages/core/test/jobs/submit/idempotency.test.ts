// Idempotency keys of jobs: one job for one request, even if a process dies.
import { Readable } from 'node:stream'
import pg from 'pg'
import { expect, test } from 'vitest'
import { storedFiles } from '../../../../../test-support/stored-files.ts'
import {
  createExporter,
  createImporter,
  createJobs,
  fileStorage,
  type Jobs,
  memoryQueue,
} from '../../../src/index.ts'
import { file, jobsHarness } from '../../fixtures/jobs-harness.ts'
import { bytes, resources } from '../../support.ts'

const harness = jobsHarness()

const users = (options: Partial<Parameters<Jobs['submitImport']>[0]> = {}) =>
  harness.jobs.submitImport({
    resource: 'users',
    format: 'csv',
    source: bytes(file),
    idempotencyKey: 'k',
    ...options,
  })

async function filesLeft(): Promise<number> {
  return (await storedFiles(harness.folder)).length
}

const ask = async (sql: string, values: unknown[] = []) =>
  (await harness.database.pool.query(sql, values)).rows

test('the same import with the same key is the same job, while it waits and after it has ended', async () => {
  const { id } = await users()
  expect((await users()).id).toBe(id)
  harness.work()
  await harness.ended(id)
  expect(await users({ onConflict: 'error', dryRun: false })).toMatchObject({ id, status: 'completed' })
  expect(await ask('select count(*)::int from lading.jobs')).toEqual([{ count: 1 }])
  expect(await filesLeft()).toBe(1)
})

test('ten imports at once with one key are one job', async () => {
  const all = await Promise.allSettled(Array.from({ length: 10 }, () => users()))
  const ids = all.flatMap(one => (one.status === 'fulfilled' ? [one.value.id] : []))
  expect(new Set(ids).size).toBe(1)
  for (const one of all) {
    if (one.status === 'rejected') expect(one.reason.code).toBe('IDEMPOTENCY_IN_PROGRESS')
  }
  expect(await ask('select count(*)::int from lading.jobs')).toEqual([{ count: 1 }])
  expect(await filesLeft()).toBe(1)
})

test('different bytes or options make another request, and its file is not kept', async () => {
  await users()
  for (const other of [
    { source: bytes(`${file}\n`) },
    { resource: 'articles' },
    { format: 'ndjson' },
    { atomic: true },
    { mapping: { Mail: 'email' } },
  ]) {
    await expect(users(other)).rejects.toMatchObject({ code: 'IDEMPOTENCY_KEY_REUSED' })
  }
  const exported = harness.jobs.submitExport({ resource: 'users', format: 'csv', idempotencyKey: 'k' })
  await expect(exported).rejects.toMatchObject({ code: 'IDEMPOTENCY_KEY_REUSED' })
  expect(await ask('select count(*)::int from lading.jobs')).toEqual([{ count: 1 }])
  expect(await filesLeft()).toBe(1)
})

test('an expired key can be used again', async () => {
  const { id } = await users()
  await ask(`update lading.idempotency_keys set expires_at = expires_at - interval '23:59:00'`)
  expect((await users()).id).toBe(id)
  await ask(`update lading.idempotency_keys set expires_at = clock_timestamp() - interval '1 s'`)
  const later = await users({ atomic: true })
  expect(later.id).not.toBe(id)
  expect((await users({ atomic: true })).id).toBe(later.id)
})

test('an import that fails during its upload leaves neither a file nor a key', async () => {
  const broken = Readable.from(
    (function* () {
      yield bytes(file)
      throw new Error('the wire was cut')
    })(),
  )
  await expect(users({ source: broken })).rejects.toThrow()
  expect(await filesLeft()).toBe(0)
  expect(await ask('select * from lading.idempotency_keys')).toEqual([])
  expect(await users()).toMatchObject({ status: 'pending' })
})

test('while its server is alive, a claim is renewed; when it is dead, its lease expires', async () => {
  const pool = new pg.Pool({ connectionString: harness.database.url })
  pool.on('error', () => undefined)
  const options = { resources, pool }
  const short = createJobs({
    importer: createImporter(options),
    exporter: createExporter(options),
    queue: memoryQueue(),
    storage: fileStorage(harness.folder),
    leaseSeconds: 3,
  })
  const claim = await short.claimKey('k', 'import')
  const [{ lease_until: begun }] = await ask('select lease_until from lading.idempotency_keys')
  const lease = async () => (await ask('select lease_until from lading.idempotency_keys'))[0].lease_until
  await expect.poll(lease).not.toEqual(begun)
  await expect(users()).rejects.toMatchObject({ code: 'IDEMPOTENCY_IN_PROGRESS' })
  // From now on its renewals go nowhere, as those of a process that was killed.
  await pool.end()
  // The most of its seconds need not be sat through.
  await ask(`update lading.idempotency_keys set lease_until = lease_until - interval '2.5 s'`)
  await expect
    .poll(() =>
      users().then(
        () => 'taken',
        ({ code }) => code,
      ),
    )
    .toBe('taken')
  await claim.release()
  expect(await ask('select count(*)::int from lading.idempotency_keys where job_id is not null')).toEqual([
    { count: 1 },
  ])
})

test('a claim that was lost to another request does not make a second job', async () => {
  const claim = await harness.jobs.claimKey('k', 'import')
  await ask(`update lading.idempotency_keys set lease_until = clock_timestamp() - interval '1 s'`)
  const { id } = await users()
  await expect(users({ idempotencyKey: claim })).rejects.toMatchObject({ code: 'IDEMPOTENCY_IN_PROGRESS' })
  await claim.release()
  expect((await users()).id).toBe(id)
  expect(await ask('select count(*)::int from lading.jobs')).toEqual([{ count: 1 }])
  expect(await filesLeft()).toBe(1)
})

test('too many waiting jobs leave neither a job, a file nor a key', async () => {
  const options = { resources, pool: harness.database.pool }
  const queue = memoryQueue()
  const jobs = createJobs({
    importer: createImporter(options),
    exporter: createExporter(options),
    queue,
    storage: fileStorage(harness.folder),
    maxWaitingJobs: 1,
  })
  const source = () => ({ resource: 'users', format: 'csv', source: bytes(file) })
  await jobs.submitImport(source())
  await expect(jobs.submitImport({ ...source(), idempotencyKey: 'k' })).rejects.toMatchObject({
    code: 'QUEUE_FULL',
  })
  expect(await ask('select count(*)::int from lading.jobs')).toEqual([{ count: 1 }])
  expect(await ask('select * from lading.idempotency_keys')).toEqual([])
  expect(await filesLeft()).toBe(1)
  await queue.close?.()
})

test('the janitor deletes expired keys and claims of dead servers, and no others', async () => {
  await users({ idempotencyKey: 'expired' })
  await users({ idempotencyKey: 'good' })
  const claim = await harness.jobs.claimKey('dead', 'import')
  const live = await harness.jobs.claimKey('live', 'export')
  await ask(`update lading.idempotency_keys set expires_at = clock_timestamp() where key = 'expired'`)
  await ask(`update lading.idempotency_keys set lease_until = clock_timestamp() where key = 'dead'`)
  expect(await harness.jobs.clean()).toMatchObject({ idempotency_key: 2 })
  expect(await ask('select key from lading.idempotency_keys order by key')).toEqual([
    { key: 'good' },
    { key: 'live' },
  ])
  await claim.release()
  await live.release()
})
