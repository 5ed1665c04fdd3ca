// Two servers on one database, each with a storage of its own: each job is done by workers that have its file.
import { describe, expect, test } from 'vitest'
import { memoryStorage, postgresQueue } from '../../../src/index.ts'
import { emailsOf, storagesBed, usersFile } from '../../fixtures/storages-fixture.ts'

const bed = storagesBed()

const columns = async (what: string, id: string) => {
  const { rows } = await bed.database.pool.query(`select ${what} from lading.jobs where id = $1`, [id])
  return rows[0]
}

describe.each([
  ['the first server', 'a', 'b'],
  ['the second server', 'b', 'a'],
] as const)('a file that lies with %s', (_, own, other) => {
  test('is left by the other workers, which do all else, and is done when its own come', async () => {
    bed[other].work()
    const { id } = await bed.submit(bed[own], 'own')
    await bed.hasWorked(bed[other])
    expect(await columns('status, attempts, token', id)).toEqual({
      status: 'pending',
      attempts: 0,
      token: '0',
    })
    bed[own].work()
    expect(await bed.ended(id)).toMatchObject({ status: 'completed', progress: { insertedRecords: 4 } })
    expect(await bed.emails()).toEqual(emailsOf('own'))
  })

  test('is gone on with by its own workers only, when the one that had it has died', async () => {
    const { id } = await bed.submit(bed[own], 'own')
    bed[own].work()
    await bed.ended(id)
    await bed[own].stop()
    // As a worker leaves it that was killed behind the first batch.
    const { pool } = bed.database
    await pool.query(`delete from users where email = 'own-3@example.org'`)
    await pool.query(
      `update lading.jobs set status = 'processing', completed_at = null, processed = 3, successful = 3, inserted = 3,
        checkpoint_row = 4, checkpoint_line = 4, checkpoint_byte = $2, lease_until = clock_timestamp()
      where id = $1`,
      [id, usersFile('own', 3).length],
    )
    bed[other].work()
    await bed.hasWorked(bed[other])
    expect(await columns('token', id)).toEqual({ token: '1' })
    bed[own].work()
    expect(await bed.ended(id)).toMatchObject({ status: 'completed', progress: { insertedRecords: 4 } })
    expect([await bed.emails(), (await columns('token', id)).token]).toEqual([emailsOf('own'), '2'])
  })
})

test('workers of both do twelve jobs of both at the same time, and each finds its file', async () => {
  bed.a.work()
  bed.b.work()
  const names = Array.from({ length: 12 }, (_, index) => `n${String(index).padStart(2, '0')}`)
  const submitted = await Promise.all(
    names.map((name, index) => bed.submit(index % 3 === 0 ? bed.a : bed.b, name)),
  )
  const ended = await Promise.all(submitted.map(({ id }) => bed.ended(id)))
  expect(ended.map(({ status, errorCode }) => [status, errorCode])).toEqual(
    names.map(() => ['completed', null]),
  )
  expect(await bed.emails()).toEqual(names.flatMap(name => emailsOf(name)))
})

test('a backlog that nobody can do holds up nobody else, whichever resource it is of', async () => {
  for (let count = 0; count < 40; count++) await bed.submit(bed.a, `stuck-${count}`)
  bed.b.work({ imports: 1 })
  const { id } = await bed.submit(bed.b, 'own')
  expect((await bed.ended(id)).status).toBe('completed')
  expect(await bed.emails()).toEqual(emailsOf('own'))
  const { rows } = await bed.database.pool.query('select sum(token)::int as claims from lading.jobs')
  expect(rows).toEqual([{ claims: 1 }])
})

test('jobs that follow each other may lie in different storages', async () => {
  const first = await bed.submit(bed.a, 'one')
  const second = await bed.submit(bed.b, 'two', { after: first.id })
  const third = await bed.submit(bed.a, 'three', { after: second.id })
  bed.b.work()
  await bed.hasWorked(bed.b)
  expect((await bed.get(second.id)).status).toBe('pending')
  bed.a.work()
  const ended = [await bed.ended(first.id), await bed.ended(second.id), await bed.ended(third.id)]
  expect(ended.map(({ status }) => status)).toEqual(['completed', 'completed', 'completed'])
  expect(await bed.emails()).toEqual([...emailsOf('one'), ...emailsOf('three'), ...emailsOf('two')])
})

test('a job is cancelled and retried through either server', async () => {
  const { id } = await bed.submit(bed.a, 'own')
  bed.b.work()
  expect((await bed.b.jobs.cancel(id))?.status).toBe('cancelled')
  expect((await bed.b.jobs.retry(id))?.status).toBe('pending')
  await bed.hasWorked(bed.b)
  expect((await bed.get(id)).status).toBe('pending')
  bed.a.work()
  expect((await bed.ended(id)).status).toBe('completed')
  expect(await bed.emails()).toEqual(emailsOf('own'))
})

test('one whose file its server has forgotten is retried by nobody', async () => {
  const { id } = await bed.submit(bed.a, 'own')
  await bed.a.jobs.cancel(id)
  await bed.database.pool.query('update lading.jobs set source_key = null where id = $1', [id])
  for (const { jobs } of [bed.a, bed.b])
    await expect(jobs.retry(id)).rejects.toMatchObject({ code: 'STORAGE_NOT_FOUND' })
})

test('a request that is repeated at the other server is the same one, and leaves nothing there', async () => {
  const first = await bed.submit(bed.a, 'own', { idempotencyKey: 'once' })
  const again = await bed.submit(bed.b, 'own', { idempotencyKey: 'once' })
  expect(again.id).toBe(first.id)
  const left: string[] = []
  for await (const { key } of bed.b.storage.list('')) left.push(key)
  expect(left).toEqual([])
  bed.a.work()
  expect((await bed.ended(first.id)).status).toBe('completed')
})

test('a job of an earlier version, which names no storage, is for every worker', async () => {
  const { id } = await bed.submit(bed.a, 'own')
  await bed.database.pool.query('update lading.jobs set source_storage = null')
  bed.a.work()
  expect((await bed.ended(id)).status).toBe('completed')
})

test('a storage that does not say which it is takes jobs that name none, and leaves the others', async () => {
  const { identity: _without, ...nameless } = memoryStorage()
  const named = await bed.submit(bed.a, 'named')
  bed.b.work({ storage: nameless })
  const jobs = bed.b.jobs
  await bed.hasWorked({ ...bed.b, jobs: { ...jobs, submitImport: submit => withNameless(submit) } })
  expect(await columns('status, attempts', named.id)).toEqual({ status: 'pending', attempts: 0 })

  async function withNameless(submit: Parameters<typeof jobs.submitImport>[0]) {
    const { createExporter, createImporter, createJobs } = await import('../../../src/index.ts')
    const { resources } = await import('../../support.ts')
    const { pool } = bed.database
    const importer = createImporter({ pool, resources })
    const exporter = createExporter({ pool, resources })
    return createJobs({ importer, exporter, queue: postgresQueue(), storage: nameless }).submitImport(submit)
  }
})
