// Files in the storages of two servers: which serves them, which deletes them, and how missing workers are reported.
import { utimes } from 'node:fs/promises'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { buffer, text } from 'node:stream/consumers'
import { expect, test } from 'vitest'
import { fileServer } from '../../../../conformance/src/http/remote-names.ts'
import { type Job, LadingError, memoryStorage } from '../../../src/index.ts'
import { emailsOf, type OneServer, storagesFixture, usersFile } from '../../fixtures/storages-fixture.ts'

const harness = storagesFixture()

const place = (server: OneServer) => server.storage.identity()

async function keys({ storage }: OneServer): Promise<string[]> {
  const found: string[] = []
  for await (const { key } of storage.list('')) found.push(key)
  return found
}

async function stored(what: string, id: string) {
  const { rows } = await harness.database.pool.query(`select ${what} from lading.jobs where id = $1`, [id])
  return rows[0]
}

/** Lets so much time pass for a job that has ended. */
async function pass(id: string, interval: string): Promise<void> {
  await harness.database.pool.query(
    `update lading.jobs set completed_at = completed_at - $2::interval, expires_at = expires_at - $2::interval where id = $1`,
    [id, interval],
  )
}

async function exported(server: OneServer): Promise<Job> {
  const { id } = await harness.a.jobs.submitExport({ resource: 'users', format: 'csv' })
  server.work()
  const job = await harness.ended(id)
  await server.stop()
  return job
}

test('the file of an export is served by the server whose worker wrote it, and the other reports where it is', async () => {
  const { id, status } = await exported(harness.b)
  expect([status, await stored('file_storage', id)]).toEqual([
    'completed',
    { file_storage: await place(harness.b) },
  ])
  const header = 'id,email,name,role,active,created_at,updated_at\n'
  expect(await text((await harness.b.jobs.download(id)) as Readable)).toBe(header)
  await expect(harness.a.jobs.download(id)).rejects.toMatchObject({
    code: 'STORAGE_ELSEWHERE',
    message: `The file of this export is in another storage (${await place(harness.b)}), which this process does not use. Ask a server that uses that storage.`,
  })
})

test('a file deleted through the other server is no longer served, and its own janitor deletes it', async () => {
  const { id } = await exported(harness.b)
  expect(await harness.a.jobs.deleteFile(id)).toBe(true)
  expect(await harness.b.jobs.download(id)).toBeUndefined()
  expect((await harness.a.jobs.clean()).export_file).toBe(0)
  expect([await keys(harness.b), await stored('file_key is null as gone', id)]).toEqual([
    [expect.stringMatching(/^exports\//)],
    { gone: false },
  ])
  expect((await harness.b.jobs.clean()).export_file).toBe(1)
  expect([await keys(harness.b), await stored('file_key is null as gone', id)]).toEqual([[], { gone: true }])
})

test('rejected and unprocessed records are returned by the server that has the file', async () => {
  const { id } = await harness.submit(harness.b, 'own', {
    source: Buffer.from('email,name,role,active\nbad,N,reader,true\n'),
  })
  harness.b.work()
  await harness.ended(id)
  for (const unprocessed of [false, true]) {
    await expect(harness.a.jobs.rejects(id, { unprocessed })).rejects.toMatchObject({
      code: 'STORAGE_ELSEWHERE',
      message: `The uploaded file of this import is in another storage (${await place(harness.b)}), which this process does not use. Ask a server that uses that storage.`,
    })
  }
  const rejects = await text((await harness.b.jobs.rejects(id)) as Readable)
  expect(rejects).toMatch(/^lading_error,email,name,role,active\n"?INVALID_EMAIL.*,bad,N,reader,true\n$/)
})

test('a janitor cleans up its own storage, and nothing else', async () => {
  const own = await harness.submit(harness.a, 'a')
  const other = await harness.submit(harness.b, 'b')
  harness.a.work()
  harness.b.work()
  await Promise.all([harness.ended(own.id), harness.ended(other.id)])
  await Promise.all([harness.a.stop(), harness.b.stop()])
  await pass(own.id, '8 days')
  await pass(other.id, '8 days')
  expect((await harness.a.jobs.clean()).spool).toBe(1)
  expect([await keys(harness.a), (await keys(harness.b)).length]).toEqual([[], 1])
  expect([
    await stored('source_key is null as gone', own.id),
    await stored('source_key is null as gone', other.id),
  ]).toEqual([{ gone: true }, { gone: false }])
  // A job of its time goes with either of them. Its file is an orphan then, for the janitor of its storage.
  await pass(other.id, '30 days')
  expect((await harness.a.jobs.clean()).job).toBe(1)
  expect(await harness.a.jobs.get(other.id)).toBeUndefined()
  const [key = ''] = await keys(harness.b)
  await utimes(join(harness.b.folder, key), 0, 0)
  expect((await harness.a.jobs.clean()).orphan).toBe(0)
  expect((await harness.b.jobs.clean()).orphan).toBe(1)
  expect(await keys(harness.b)).toEqual([])
})

test('running janitors have separate turns: one does not wait for the other', async () => {
  const own = await exported(harness.a)
  const other = await exported(harness.b)
  await pass(own.id, '2 days')
  await pass(other.id, '2 days')
  // The janitors that made the files had their turns a moment ago.
  await harness.database.pool.query('truncate lading.chores')
  harness.a.work({ janitorSeconds: 3_600 })
  harness.b.work({ janitorSeconds: 3_600 })
  await expect.poll(async () => [...(await keys(harness.a)), ...(await keys(harness.b))]).toEqual([])
})

test('a bundle is imported by workers of the storage into which it was unpacked', async () => {
  const { id } = await harness.submit(harness.a, 'bundled')
  harness.a.work()
  await harness.ended(id)
  const bundle = await harness.a.jobs.submitBundleExport({ resources: ['users', 'articles'] })
  await harness.ended(bundle.id)
  const file = await buffer((await harness.a.jobs.download(bundle.id)) as Readable)
  await harness.a.stop()
  await harness.database.pool.query('truncate users cascade')
  const { jobs } = await harness.b.jobs.submitBundleImport({ source: file })
  harness.a.work()
  await harness.hasWorked(harness.a)
  expect(await Promise.all(jobs.map(async job => (await harness.get(job.id)).status))).toEqual([
    'pending',
    'pending',
  ])
  harness.b.work()
  for (const job of jobs) expect((await harness.ended(job.id)).status).toBe('completed')
  expect(await harness.emails()).toEqual(emailsOf('bundled'))
})

test('a remote file is imported by workers of the storage into which it was fetched', async () => {
  const server = await fileServer((_request, response) => response.end(usersFile('far')))
  try {
    harness.b.work({ imports: 0 })
    const { id } = await harness.b.jobs.submitRemoteImport({
      resource: 'users',
      url: `http://127.0.0.1:${server.port}/users.csv`,
    })
    await expect
      .poll(async () => (await stored('source_storage', id)).source_storage)
      .toBe(await place(harness.b))
    harness.a.work()
    await harness.hasWorked(harness.a)
    expect(await stored('status, attempts', id)).toEqual({ status: 'pending', attempts: 0 })
    await harness.b.stop()
    harness.b.work()
    expect((await harness.ended(id)).status).toBe('completed')
    expect(await harness.emails()).toEqual(emailsOf('far'))
  } finally {
    await server.stop()
  }
})

/** As if it had been submitted two minutes ago. */
const submittedBefore = (id: string) =>
  harness.database.pool.query(
    `update lading.jobs set created_at = created_at - interval '2 minutes' where id = $1`,
    [id],
  )

test('while no worker has its storage, a job, /health and the operator of every worker are informed', async () => {
  const heard: unknown[] = []
  const { id } = await harness.submit(harness.a, 'own')
  const lonely = await place(harness.a)
  // Its workers may be about to start.
  expect([
    (await harness.get(id)).waitingForStorage,
    (await harness.b.jobs.health()).waitingForStorages,
  ]).toEqual([null, []])
  await submittedBefore(id)
  harness.b.work({ onError: error => heard.push(error) })
  await expect.poll(() => heard.length).toBe(1)
  expect(heard[0]).toBeInstanceOf(LadingError)
  expect(heard[0]).toMatchObject({
    code: 'STORAGE_ELSEWHERE',
    message: `1 import waits for the storage ${lonely}, which no worker has. Start a worker with that storage, or cancel them.`,
  })
  const waits = async () => [
    (await harness.get(id)).waitingForStorage,
    (await harness.b.jobs.list({ kind: 'import', limit: 1 })).jobs[0]?.waitingForStorage,
    (await harness.b.jobs.health()).waitingForStorages,
  ]
  expect(await waits()).toEqual([lonely, lonely, [lonely]])
  await harness.hasWorked(harness.b)
  // Once for each storage, and not with every look.
  expect(heard).toHaveLength(1)
  harness.a.work()
  await harness.ended(id)
  expect([
    (await harness.get(id)).waitingForStorage,
    (await harness.b.jobs.health()).waitingForStorages,
  ]).toEqual([null, []])
})

test('a storage counts as served for two leases after the last heartbeat of its workers, and a job that cannot start waits', async () => {
  harness.a.work({ leaseSeconds: 0.4 })
  await harness.hasWorked(harness.a)
  await harness.a.stop()
  const first = await harness.submit(harness.a, 'first')
  const second = await harness.submit(harness.b, 'second', { after: first.id })
  await submittedBefore(first.id)
  await submittedBefore(second.id)
  const waits = async () => (await harness.b.jobs.health()).waitingForStorages
  expect(await waits()).toEqual([])
  await expect.poll(waits).toEqual([await place(harness.a)])
  expect((await harness.get(second.id)).waitingForStorage).toBeNull()
})

test('storages that no worker has served for a week are deleted', async () => {
  harness.a.work({ storage: memoryStorage() })
  const names = async () => (await harness.database.pool.query('select id from lading.storages')).rows.length
  await expect.poll(names).toBe(1)
  await harness.a.stop()
  await harness.database.pool.query(
    `update lading.storages set served_until = served_until - interval '8 days'`,
  )
  await harness.a.jobs.clean()
  expect(await names()).toBe(0)
})
