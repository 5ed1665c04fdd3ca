// Two servers on one database, each with its own storage: each job is done by workers that have its file.
import { describe, expect, test } from 'vitest'
import { memoryStorage, postgresQueue } from '../../../src/index.ts'
import { emailsOf, storagesFixture, usersFile } from '../../fixtures/storages-fixture.ts'

const harness = storagesFixture()

const columns = async (what: string, id: string) => {
  const { rows } = await harness.database.pool.query(`select ${what} from lading.jobs where id = $1`, [id])
  return rows[0]
}

describe.each([
  ['the first server', 'a', 'b'],
  ['the second server', 'b', 'a'],
] as const)('a file that is stored with %s', (_, own, other) => {
  test('is left by the other workers, which do all other jobs, and is done when its own arrive', async () => {
    harness[other].work()
    const { id } = await harness.submit(harness[own], 'own')
    await harness.hasWorked(harness[other])
    expect(await columns('status, attempts, token', id)).toEqual({
      status: 'pending',
      attempts: 0,
      token: '0',
    })
    harness[own].work()
    expect(await harness.ended(id)).toMatchObject({ status: 'completed', progress: { insertedRecords: 4 } })
    expect(await harness.emails()).toEqual(emailsOf('own'))
  })

  test('is resumed by its own workers only, after the one that had it has died', async () => {
    const { id } = await harness.submit(harness[own], 'own')
    harness[own].work()
    await harness.ended(id)
    await harness[own].stop()
    // The state left by a worker that was killed after the first batch.
    const { pool } = harness.database
    await pool.query(`delete from users where email = 'own-3@example.org'`)
    await pool.query(
      `update lading.jobs set status = 'processing', completed_at = null, processed = 3, successful = 3, inserted = 3,
        checkpoint_row = 4, checkpoint_line = 4, checkpoint_byte = $2, lease_until = clock_timestamp()
      where id = $1`,
      [id, usersFile('own', 3).length],
    )
    harness[other].work()
    await harness.hasWorked(harness[other])
    expect(await columns('token', id)).toEqual({ token: '1' })
    harness[own].work()
    expect(await harness.ended(id)).toMatchObject({ status: 'completed', progress: { insertedRecords: 4 } })
    expect([await harness.emails(), (await columns('token', id)).token]).toEqual([emailsOf('own'), '2'])
  })
})

test('workers of both storages do twelve jobs at the same time, and each finds its file', async () => {
  harness.a.work()
  harness.b.work()
  const names = Array.from({ length: 12 }, (_, index) => `n${String(index).padStart(2, '0')}`)
  const submitted = await Promise.all(
    names.map((name, index) => harness.submit(index % 3 === 0 ? harness.a : harness.b, name)),
  )
  const ended = await Promise.all(submitted.map(({ id }) => harness.ended(id)))
  expect(ended.map(({ status, errorCode }) => [status, errorCode])).toEqual(
    names.map(() => ['completed', null]),
  )
  expect(await harness.emails()).toEqual(names.flatMap(name => emailsOf(name)))
})

test('a backlog without workers delays no other job, whichever resource it is of', async () => {
  for (let count = 0; count < 40; count++) await harness.submit(harness.a, `stuck-${count}`)
  harness.b.work({ imports: 1 })
  const { id } = await harness.submit(harness.b, 'own')
  expect((await harness.ended(id)).status).toBe('completed')
  expect(await harness.emails()).toEqual(emailsOf('own'))
  const { rows } = await harness.database.pool.query('select sum(token)::int as claims from lading.jobs')
  expect(rows).toEqual([{ claims: 1 }])
})

test('jobs that follow each other may be in different storages', async () => {
  const first = await harness.submit(harness.a, 'one')
  const second = await harness.submit(harness.b, 'two', { after: first.id })
  const third = await harness.submit(harness.a, 'three', { after: second.id })
  harness.b.work()
  await harness.hasWorked(harness.b)
  expect((await harness.get(second.id)).status).toBe('pending')
  harness.a.work()
  const ended = [await harness.ended(first.id), await harness.ended(second.id), await harness.ended(third.id)]
  expect(ended.map(({ status }) => status)).toEqual(['completed', 'completed', 'completed'])
  expect(await harness.emails()).toEqual([...emailsOf('one'), ...emailsOf('three'), ...emailsOf('two')])
})

test('a job is cancelled and retried through either server', async () => {
  const { id } = await harness.submit(harness.a, 'own')
  harness.b.work()
  expect((await harness.b.jobs.cancel(id))?.status).toBe('cancelled')
  expect((await harness.b.jobs.retry(id))?.status).toBe('pending')
  await harness.hasWorked(harness.b)
  expect((await harness.get(id)).status).toBe('pending')
  harness.a.work()
  expect((await harness.ended(id)).status).toBe('completed')
  expect(await harness.emails()).toEqual(emailsOf('own'))
})

test('a job whose file its server has lost cannot be retried by any worker', async () => {
  const { id } = await harness.submit(harness.a, 'own')
  await harness.a.jobs.cancel(id)
  await harness.database.pool.query('update lading.jobs set source_key = null where id = $1', [id])
  for (const { jobs } of [harness.a, harness.b])
    await expect(jobs.retry(id)).rejects.toMatchObject({ code: 'STORAGE_NOT_FOUND' })
})

test('a request that is repeated at the other server gets the same job, and leaves nothing there', async () => {
  const first = await harness.submit(harness.a, 'own', { idempotencyKey: 'once' })
  const again = await harness.submit(harness.b, 'own', { idempotencyKey: 'once' })
  expect(again.id).toBe(first.id)
  const left: string[] = []
  for await (const { key } of harness.b.storage.list('')) left.push(key)
  expect(left).toEqual([])
  harness.a.work()
  expect((await harness.ended(first.id)).status).toBe('completed')
})

test('a job of an earlier version, which names no storage, is for every worker', async () => {
  const { id } = await harness.submit(harness.a, 'own')
  await harness.database.pool.query('update lading.jobs set source_storage = null')
  harness.a.work()
  expect((await harness.ended(id)).status).toBe('completed')
})

test('a storage without an identity takes jobs that name none, and leaves the others', async () => {
  const { identity: _without, ...nameless } = memoryStorage()
  const named = await harness.submit(harness.a, 'named')
  harness.b.work({ storage: nameless })
  const jobs = harness.b.jobs
  await harness.hasWorked({ ...harness.b, jobs: { ...jobs, submitImport: submit => withNameless(submit) } })
  expect(await columns('status, attempts', named.id)).toEqual({ status: 'pending', attempts: 0 })

  async function withNameless(submit: Parameters<typeof jobs.submitImport>[0]) {
    const { createExporter, createImporter, createJobs } = await import('../../../src/index.ts')
    const { resources } = await import('../../support.ts')
    const { pool } = harness.database
    const importer = createImporter({ pool, resources })
    const exporter = createExporter({ pool, resources })
    return createJobs({ importer, exporter, queue: postgresQueue(), storage: nameless }).submitImport(submit)
  }
})
