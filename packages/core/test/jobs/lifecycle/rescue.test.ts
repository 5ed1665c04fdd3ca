// No job is forgotten, and none is tried for ever: the rescue, attempts that lead nowhere, and workers that stop.
import { expect, test } from 'vitest'
import { fairClock } from '../../../../../test-support/fair-clock.ts'
import { fileStorage, type Job, LadingError, memoryQueue, type Storage } from '../../../src/index.ts'
import { gated } from '../../fixtures/gated-storage.ts'
import { jobsHarness } from '../../fixtures/jobs-harness.ts'
import { bytes } from '../../support.ts'

const harness = jobsHarness({ freshDatabase: true })

const line = '{"email":"a@example.org","name":"P","role":"reader","active":true}\n'
const submit = async (settings = {}) =>
  (await harness.jobs.submitImport({ resource: 'users', format: 'ndjson', source: bytes(line), ...settings }))
    .id
const got = async (id: string) => (await harness.jobs.get(id)) as Job
const setJob = (id: string, set: string) =>
  harness.database.pool.query(`update lading.jobs set ${set} where id = $1`, [id])

/** A worker that receives no notification. */
const deaf = () => ({ queue: memoryQueue(), pollMs: 10 })

const lost = `status = 'processing', token = 1, worker = 'dead', lease_until = clock_timestamp() - interval '1 s'`

test('jobs whose notification was lost, and those of dead workers, are found at the start', async () => {
  const pending = await submit()
  const abandoned = await submit()
  await setJob(abandoned, lost)
  harness.work(deaf())
  for (const id of [pending, abandoned])
    expect(await harness.ended(id)).toMatchObject({ status: 'completed' })
})

test('and periodically later', async () => {
  harness.work({ ...deaf(), rescueSeconds: 0.05 })
  const [first, second] = [await submit(), await submit()]
  await harness.ended(first)
  await harness.ended(second)
  await setJob(second, `${lost}, completed_at = null`)
  expect(await harness.ended(second)).toMatchObject({ status: 'completed' })
})

test('a lost job becomes ready for waiting workers, and they are notified', async () => {
  const id = await submit()
  await setJob(id, lost)
  // Only the notification of the rescue brings the job to this worker, which has polled before.
  harness.work({ pollMs: 3_600_000, rescueSeconds: 3_600 })
  expect(await harness.ended(id)).toMatchObject({ status: 'completed' })
  const { rows } = await harness.database.pool.query(
    `select token::int, attempts, lost_worker from lading.jobs`,
  )
  expect(rows).toEqual([{ token: 2, attempts: 1, lost_worker: 'dead' }])
})

test('a lease that has not expired is respected', async () => {
  const id = await submit()
  await setJob(id, `status = 'processing', token = 1, lease_until = clock_timestamp() + interval '1 hour'`)
  const other = await submit()
  harness.work({ rescueSeconds: 0.02 })
  await harness.ended(other)
  await harness.ended(await submit())
  expect(await got(id)).toMatchObject({ status: 'processing' })
})

test('a job that this process runs is not lost, however late its renewal is', async () => {
  const id = await submit()
  const storage = gated(fileStorage(harness.folder), 0)
  harness.work({ storage, rescueSeconds: 0.02, leaseSeconds: 600 })
  await storage.reached
  await setJob(id, `lease_until = clock_timestamp() - interval '1 s'`)
  const other = await submit()
  await setJob(other, lost)
  // Rescued by a later run, and claimed by another slot.
  await expect.poll(async () => (await got(other)).startedAt).not.toBeNull()
  storage.open()
  expect(await harness.ended(id)).toMatchObject({ status: 'completed' })
  const { rows } = await harness.database.pool.query('select token::int from lading.jobs where id = $1', [id])
  expect(rows).toEqual([{ token: 1 }])
})

test('several servers that rescue at the same time do each job once', async () => {
  const ids = await Promise.all(Array.from({ length: 20 }, () => submit({ source: bytes('') })))
  await harness.database.pool.query(`update lading.jobs set ${lost}`)
  let ended = 0
  const stopping = new AbortController()
  const working = [1, 2, 3].map(() => {
    const jobs = harness.jobsWith({ ...deaf(), rescueSeconds: 0.02, onJobEnd: () => ended++ })
    return jobs.work({ signal: stopping.signal, imports: 1, exports: 0 })
  })
  for (const id of ids) expect(await harness.ended(id)).toMatchObject({ status: 'completed' })
  stopping.abort()
  await Promise.all(working)
  expect(ended).toBe(20)
})

test('a job that waits for its next attempt is left alone until then', async () => {
  const id = await submit()
  await setJob(id, `due_at = clock_timestamp() + interval '1 hour'`)
  const other = await submit()
  harness.work({ ...deaf(), rescueSeconds: 0.02 })
  await harness.ended(other)
  expect((await got(id)).startedAt).toBeNull()
  await setJob(id, `due_at = clock_timestamp()`)
  expect(await harness.ended(id)).toMatchObject({ status: 'completed' })
})

test('a lost job whose row is locked is skipped until it is free, and delays no other', async () => {
  const [held, free] = [await submit(), await submit()]
  for (const id of [held, free]) await setJob(id, lost)
  const holder = await harness.database.pool.connect()
  await holder.query('begin')
  await holder.query('select from lading.jobs where id = $1 for update', [held])
  harness.work({ ...deaf(), rescueSeconds: 0.05 })
  expect(await harness.ended(free)).toMatchObject({ status: 'completed' })
  expect(await got(held)).toMatchObject({ status: 'processing' })
  await holder.query('rollback')
  holder.release()
  expect(await harness.ended(held)).toMatchObject({ status: 'completed' })
})

test('a job whose predecessor ended unnoticed does not wait forever', async () => {
  const first = await submit()
  const second = await submit({ after: first })
  await setJob(first, `status = 'completed'`)
  harness.work()
  expect(await harness.ended(second)).toMatchObject({ status: 'completed' })
})

test('a worker that is killed at the same place each time is not sent there forever', async () => {
  const id = await submit()
  // The state left by five workers that were killed after row 4.
  await setJob(
    id,
    `status = 'processing', token = 5, attempts = 5, checkpoint_row = 4, claimed_row = 4, checkpoint_byte = 300,
      lease_until = clock_timestamp() - interval '1 s'`,
  )
  harness.work()
  const job = await harness.ended(id)
  expect(job).toMatchObject({ status: 'failed', errorCode: 'POISON' })
  expect(job.errorMessage).toContain('5 times without making progress')
  expect(job.errorMessage).toContain('after row 4 of the file (byte 300)')
})

test('a job that makes progress each time is started as often as it takes', async () => {
  const id = await submit()
  await setJob(
    id,
    `status = 'processing', token = 50, attempts = 5, checkpoint_row = 0, claimed_row = -1,
      lease_until = clock_timestamp() - interval '1 s'`,
  )
  harness.work()
  expect(await harness.ended(id)).toMatchObject({ status: 'completed' })
})

test('an atomic import makes no progress before its end', async () => {
  const id = await submit({ atomic: true })
  await setJob(
    id,
    `status = 'processing', token = 5, attempts = 5, checkpoint_row = 4, claimed_row = 0,
      lease_until = clock_timestamp() - interval '1 s'`,
  )
  harness.work()
  expect(await harness.ended(id)).toMatchObject({ status: 'failed', errorCode: 'POISON' })
})

test('a transient fault pauses longer each time, and is reported in the end', async () => {
  const id = await submit()
  const storage: Storage = {
    ...fileStorage(harness.folder),
    get: () => Promise.reject(new LadingError('SOURCE_UNAVAILABLE', 'The storage went away.')),
  }
  // Recorded by the database when the job is released, because a test would look too late.
  await harness.database.pool.query(`
    create table pauses (number serial, seconds float8);
    create function note_pause() returns trigger language plpgsql as $$ begin
      insert into pauses (seconds) values (extract(epoch from new.due_at - clock_timestamp()));
      return null; end $$;
    create trigger noting after update on lading.jobs for each row
      when (old.status = 'processing' and new.status = 'pending') execute function note_pause()`)
  const pauses = async () =>
    (await harness.database.pool.query('select seconds from pauses order by number')).rows.map(
      ({ seconds }) => Number(seconds),
    )
  harness.work({ storage, pollMs: 10, maxAttempts: 3 })
  for (const count of [1, 2]) {
    await expect.poll(async () => (await pauses()).length).toBe(count)
    await setJob(id, 'due_at = clock_timestamp()')
  }
  expect(await harness.ended(id)).toMatchObject({
    status: 'failed',
    errorCode: 'SOURCE_UNAVAILABLE',
    errorMessage: 'The storage went away.',
  })
  const [first = 0, second = 0] = await pauses()
  // A second and two, and up to a quarter more. The trigger runs a little later than the pause starts.
  expect(first).toBeGreaterThan(0.9)
  expect(first).toBeLessThanOrEqual(1.25)
  expect(second).toBeGreaterThan(1.9)
  expect(second).toBeLessThanOrEqual(2.5)
})

test('a worker that is stopped releases its job at once, and it does not count as an attempt', async () => {
  const id = await submit()
  const storage = gated(fileStorage(harness.folder), 0)
  harness.work({ storage, leaseSeconds: 600 })
  await expect.poll(async () => (await got(id)).status).toBe('processing')
  const running = fairClock()
  await harness.stop()
  expect(running()).toBeLessThan(5_000)
  const { rows } = await harness.database.pool.query(
    'select status, attempts, lease_until, due_at <= clock_timestamp() as is_due from lading.jobs where id = $1',
    [id],
  )
  expect(rows).toEqual([{ status: 'pending', attempts: 0, lease_until: null, is_due: true }])
  storage.open()
  const claiming = fairClock()
  harness.work()
  await expect.poll(async () => (await got(id)).status, { interval: 5 }).not.toBe('pending')
  expect(claiming()).toBeLessThan(1_000)
  expect(await harness.ended(id)).toMatchObject({ status: 'completed' })
})

test('a batch that does not end is rolled back when the worker is stopped', async () => {
  const { pool } = harness.database
  const id = await submit()
  const storage = gated(fileStorage(harness.folder), 0)
  harness.work({ storage })
  await expect.poll(async () => (await got(id)).status).toBe('processing')
  const holder = await pool.connect()
  await holder.query('begin; lock table users in exclusive mode')
  storage.open()
  const isHeld = async () =>
    (await holder.query(`select from pg_locks where relation = 'users'::regclass and not granted`)).rowCount
  await expect.poll(isHeld).toBe(1)
  const running = fairClock()
  await harness.stop()
  expect(running()).toBeLessThan(5_000)
  expect(await got(id)).toMatchObject({ status: 'pending', progress: { processedRecords: 0 } })
  await holder.query('rollback')
  holder.release()
  harness.work()
  expect(await harness.ended(id)).toMatchObject({ status: 'completed', progress: { insertedRecords: 1 } })
})
