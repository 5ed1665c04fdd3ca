// Files that lie with one of two servers: who gives them, who deletes them, and how it is told that nobody serves them.
import { utimes } from 'node:fs/promises'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { buffer, text } from 'node:stream/consumers'
import { expect, test } from 'vitest'
import { fileServer } from '../../../../conformance/src/http/remote-names.ts'
import { type Job, LadingError, memoryStorage } from '../../../src/index.ts'
import { emailsOf, type OneServer, storagesBed, usersFile } from '../../fixtures/storages-fixture.ts'

const bed = storagesBed()

const place = (server: OneServer) => server.storage.identity()

async function keys({ storage }: OneServer): Promise<string[]> {
  const found: string[] = []
  for await (const { key } of storage.list('')) found.push(key)
  return found
}

async function stored(what: string, id: string) {
  const { rows } = await bed.database.pool.query(`select ${what} from lading.jobs where id = $1`, [id])
  return rows[0]
}

/** Lets so much time pass for a job that has ended. */
async function pass(id: string, interval: string): Promise<void> {
  await bed.database.pool.query(
    `update lading.jobs set completed_at = completed_at - $2::interval, expires_at = expires_at - $2::interval where id = $1`,
    [id, interval],
  )
}

async function exported(server: OneServer): Promise<Job> {
  const { id } = await bed.a.jobs.submitExport({ resource: 'users', format: 'csv' })
  server.work()
  const job = await bed.ended(id)
  await server.stop()
  return job
}

test('the file of an export is given by the server whose worker made it, and the other says where it lies', async () => {
  const { id, status } = await exported(bed.b)
  expect([status, await stored('file_storage', id)]).toEqual([
    'completed',
    { file_storage: await place(bed.b) },
  ])
  const header = 'id,email,name,role,active,created_at,updated_at\n'
  expect(await text((await bed.b.jobs.download(id)) as Readable)).toBe(header)
  await expect(bed.a.jobs.download(id)).rejects.toMatchObject({
    code: 'STORAGE_ELSEWHERE',
    message: `The file of this export is in another storage (${await place(bed.b)}), which this process does not use. Ask a server that uses that storage.`,
  })
})

test('deleted through the other server it is given by nobody any more, and its own janitor deletes it', async () => {
  const { id } = await exported(bed.b)
  expect(await bed.a.jobs.deleteFile(id)).toBe(true)
  expect(await bed.b.jobs.download(id)).toBeUndefined()
  expect((await bed.a.jobs.clean()).export_file).toBe(0)
  expect([await keys(bed.b), await stored('file_key is null as gone', id)]).toEqual([
    [expect.stringMatching(/^exports\//)],
    { gone: false },
  ])
  expect((await bed.b.jobs.clean()).export_file).toBe(1)
  expect([await keys(bed.b), await stored('file_key is null as gone', id)]).toEqual([[], { gone: true }])
})

test('rejected and unprocessed records are given back by the server that has the file', async () => {
  const { id } = await bed.submit(bed.b, 'own', {
    source: Buffer.from('email,name,role,active\nbad,N,reader,true\n'),
  })
  bed.b.work()
  await bed.ended(id)
  for (const unprocessed of [false, true]) {
    await expect(bed.a.jobs.rejects(id, { unprocessed })).rejects.toMatchObject({
      code: 'STORAGE_ELSEWHERE',
      message: `The uploaded file of this import is in another storage (${await place(bed.b)}), which this process does not use. Ask a server that uses that storage.`,
    })
  }
  const rejects = await text((await bed.b.jobs.rejects(id)) as Readable)
  expect(rejects).toMatch(/^lading_error,email,name,role,active\n"?INVALID_EMAIL.*,bad,N,reader,true\n$/)
})

test('a janitor forgets and deletes what lies in its own storage, and nothing else', async () => {
  const own = await bed.submit(bed.a, 'a')
  const other = await bed.submit(bed.b, 'b')
  bed.a.work()
  bed.b.work()
  await Promise.all([bed.ended(own.id), bed.ended(other.id)])
  await Promise.all([bed.a.stop(), bed.b.stop()])
  await pass(own.id, '8 days')
  await pass(other.id, '8 days')
  expect((await bed.a.jobs.clean()).spool).toBe(1)
  expect([await keys(bed.a), (await keys(bed.b)).length]).toEqual([[], 1])
  expect([
    await stored('source_key is null as gone', own.id),
    await stored('source_key is null as gone', other.id),
  ]).toEqual([{ gone: true }, { gone: false }])
  // A job of its time goes with either of them. Its file is an orphan then, for the janitor of its storage.
  await pass(other.id, '30 days')
  expect((await bed.a.jobs.clean()).job).toBe(1)
  expect(await bed.a.jobs.get(other.id)).toBeUndefined()
  const [key = ''] = await keys(bed.b)
  await utimes(join(bed.b.folder, key), 0, 0)
  expect((await bed.a.jobs.clean()).orphan).toBe(0)
  expect((await bed.b.jobs.clean()).orphan).toBe(1)
  expect(await keys(bed.b)).toEqual([])
})

test('janitors that run have turns of their own: one does not wait for the other', async () => {
  const own = await exported(bed.a)
  const other = await exported(bed.b)
  await pass(own.id, '2 days')
  await pass(other.id, '2 days')
  // Those who made the files have had their turns a moment ago.
  await bed.database.pool.query('truncate lading.chores')
  bed.a.work({ janitorSeconds: 3_600 })
  bed.b.work({ janitorSeconds: 3_600 })
  await expect.poll(async () => [...(await keys(bed.a)), ...(await keys(bed.b))]).toEqual([])
})

test('a bundle is imported by workers of the storage into which it was unpacked', async () => {
  const { id } = await bed.submit(bed.a, 'bundled')
  bed.a.work()
  await bed.ended(id)
  const bundle = await bed.a.jobs.submitBundleExport({ resources: ['users', 'articles'] })
  await bed.ended(bundle.id)
  const file = await buffer((await bed.a.jobs.download(bundle.id)) as Readable)
  await bed.a.stop()
  await bed.database.pool.query('truncate users cascade')
  const { jobs } = await bed.b.jobs.submitBundleImport({ source: file })
  bed.a.work()
  await bed.hasWorked(bed.a)
  expect(await Promise.all(jobs.map(async job => (await bed.get(job.id)).status))).toEqual([
    'pending',
    'pending',
  ])
  bed.b.work()
  for (const job of jobs) expect((await bed.ended(job.id)).status).toBe('completed')
  expect(await bed.emails()).toEqual(emailsOf('bundled'))
})

test('a remote file is imported by workers of the storage into which it was fetched', async () => {
  const server = await fileServer((_request, response) => response.end(usersFile('far')))
  try {
    bed.b.work({ imports: 0 })
    const { id } = await bed.b.jobs.submitRemoteImport({
      resource: 'users',
      url: `http://127.0.0.1:${server.port}/users.csv`,
    })
    await expect
      .poll(async () => (await stored('source_storage', id)).source_storage)
      .toBe(await place(bed.b))
    bed.a.work()
    await bed.hasWorked(bed.a)
    expect(await stored('status, attempts', id)).toEqual({ status: 'pending', attempts: 0 })
    await bed.b.stop()
    bed.b.work()
    expect((await bed.ended(id)).status).toBe('completed')
    expect(await bed.emails()).toEqual(emailsOf('far'))
  } finally {
    await server.stop()
  }
})

/** As if it had been submitted two minutes ago. */
const submittedBefore = (id: string) =>
  bed.database.pool.query(
    `update lading.jobs set created_at = created_at - interval '2 minutes' where id = $1`,
    [id],
  )

test('while no worker has its storage, a job, the health and the operator of every worker say so', async () => {
  const heard: unknown[] = []
  const { id } = await bed.submit(bed.a, 'own')
  const lonely = await place(bed.a)
  // Its workers may be about to begin.
  expect([(await bed.get(id)).waitingForStorage, (await bed.b.jobs.health()).waitingForStorages]).toEqual([
    null,
    [],
  ])
  await submittedBefore(id)
  bed.b.work({ onError: error => heard.push(error) })
  await expect.poll(() => heard.length).toBe(1)
  expect(heard[0]).toBeInstanceOf(LadingError)
  expect(heard[0]).toMatchObject({
    code: 'STORAGE_ELSEWHERE',
    message: `1 import waits for the storage ${lonely}, which no worker has. Start a worker with that storage, or cancel them.`,
  })
  const waits = async () => [
    (await bed.get(id)).waitingForStorage,
    (await bed.b.jobs.list({ kind: 'import', limit: 1 })).jobs[0]?.waitingForStorage,
    (await bed.b.jobs.health()).waitingForStorages,
  ]
  expect(await waits()).toEqual([lonely, lonely, [lonely]])
  await bed.hasWorked(bed.b)
  // Once for each storage, and not with every look.
  expect(heard).toHaveLength(1)
  bed.a.work()
  await bed.ended(id)
  expect([(await bed.get(id)).waitingForStorage, (await bed.b.jobs.health()).waitingForStorages]).toEqual([
    null,
    [],
  ])
})

test('a storage counts as served for two leases behind the last sign of its workers, and a job that cannot begin waits for none', async () => {
  bed.a.work({ leaseSeconds: 0.4 })
  await bed.hasWorked(bed.a)
  await bed.a.stop()
  const first = await bed.submit(bed.a, 'first')
  const second = await bed.submit(bed.b, 'second', { after: first.id })
  await submittedBefore(first.id)
  await submittedBefore(second.id)
  const waits = async () => (await bed.b.jobs.health()).waitingForStorages
  expect(await waits()).toEqual([])
  await expect.poll(waits).toEqual([await place(bed.a)])
  expect((await bed.get(second.id)).waitingForStorage).toBeNull()
})

test('names of storages that nobody has had for a week are forgotten', async () => {
  bed.a.work({ storage: memoryStorage() })
  const names = async () => (await bed.database.pool.query('select id from lading.storages')).rows.length
  await expect.poll(names).toBe(1)
  await bed.a.stop()
  await bed.database.pool.query(`update lading.storages set served_until = served_until - interval '8 days'`)
  await bed.a.jobs.clean()
  expect(await names()).toBe(0)
})
