// Cancellation: immediate for a pending job, within a batch for a running one, impossible for an ended one; also under concurrency.
import { describe, expect, test } from 'vitest'
import { isShortRun } from '../../../../../test-support/run-length.ts'
import { fileStorage, type Job, postgresQueue, type Queue } from '../../../src/index.ts'
import { gated } from '../../fixtures/gated-storage.ts'
import { jobsHarness, queueWith } from '../../fixtures/jobs-harness.ts'
import { bytes, rowsOf } from '../../support.ts'

const harness = jobsHarness()

const people = (count: number) =>
  Array.from(
    { length: count },
    (_, index) =>
      `{"email":"${index % 5 === 4 ? 'bad' : `${index}@example.org`}","name":"P","role":"reader","active":true}\n`,
  ).join('')

const submit = async (settings = {}) =>
  (
    await harness.jobs.submitImport({
      resource: 'users',
      format: 'ndjson',
      source: bytes(people(60)),
      ...settings,
    })
  ).id

const got = async (id: string) => (await harness.jobs.get(id)) as Job
const tableSize = async () => (await rowsOf(harness.database.pool, 'users')).length

/** @returns `ready` resolves once a worker listens on the queue */
function listeningQueue(): { queue: Queue; ready: Promise<void> } {
  const queue = postgresQueue()
  let tell: () => void = () => undefined
  const ready = new Promise<void>(resolve => {
    tell = resolve
  })
  const withPool: NonNullable<Queue['withPool']> = pool => {
    const own = queue.withPool?.(pool) ?? queue
    const listen: Queue['listen'] = listener => {
      // A worker that begins to listen looks for work in all lanes first.
      const onWake = (lane: string | undefined) => {
        if (lane === undefined) tell()
        listener.onWake(lane)
      }
      return own.listen({ ...listener, onWake })
    }
    return { ...own, listen }
  }
  return { queue: { ...queue, withPool }, ready }
}

async function hasExactCounts(id: string): Promise<Job> {
  const job = await got(id)
  const { processedRecords, successfulRecords, failedRecords, insertedRecords } = job.progress
  expect(processedRecords).toBe(successfulRecords + failedRecords)
  expect(await tableSize()).toBe(insertedRecords)
  expect((await harness.jobs.errors(id, { limit: 1_000 })).total).toBe(failedRecords)
  return job
}

test('a pending import is cancelled at once, and no worker starts it', async () => {
  const id = await submit()
  expect(await harness.jobs.cancel(id)).toMatchObject({ id, status: 'cancelled', startedAt: null })
  const next = await harness.jobs.submitImport({ resource: 'users', format: 'ndjson', source: bytes('') })
  harness.work()
  await harness.ended(next.id)
  expect(await hasExactCounts(id)).toMatchObject({
    status: 'cancelled',
    errorCode: null,
    progress: { processedRecords: 0 },
  })
})

test('a running import stops within its batch, and the rows in the table are counted', async () => {
  const id = await submit()
  const storage = gated(fileStorage(harness.folder), 0.5)
  harness.work({ storage })
  await expect.poll(async () => (await got(id)).progress.processedRecords).toBeGreaterThan(0)
  const before = (await got(id)).progress.processedRecords
  const cancelled = await harness.jobs.cancel(id)
  expect(cancelled?.status).toBe('cancelled')
  // One batch, which was in flight.
  expect((cancelled?.progress.processedRecords ?? 0) - before).toBeLessThanOrEqual(1_000)
  await harness.stop()
  const job = await hasExactCounts(id)
  expect(job).toMatchObject({ status: 'cancelled', progress: cancelled?.progress })
  storage.open()
})

test.each([
  ['this process', () => harness.jobs],
  ['another process', () => harness.jobsWith({ queue: postgresQueue() })],
])(
  'a worker that only waits for its source learns of it from %s, long before its lease expires',
  async (_, canceller) => {
    const id = await submit()
    const storage = gated(fileStorage(harness.folder), 0)
    const { queue, ready } = listeningQueue()
    let left: string | undefined
    harness.work({
      storage,
      queue,
      leaseSeconds: 600,
      onJobEnd: job => {
        left = job.status
      },
    })
    // Only a process that listens, and knows by then that it has the job, can learn of it.
    await Promise.all([storage.reached, ready])
    await canceller().cancel(id)
    await expect.poll(() => left).toBe('cancelled')
    storage.open()
  },
)

test('a job whose worker has died is cancelled too, and not taken over', async () => {
  const id = await submit()
  await harness.database.pool.query(
    `update lading.jobs set status = 'processing', token = 1, lease_until = clock_timestamp() - interval '1 s' where id = $1`,
    [id],
  )
  expect(await harness.jobs.cancel(id)).toMatchObject({ status: 'cancelled' })
  const next = await harness.jobs.submitImport({ resource: 'users', format: 'ndjson', source: bytes('') })
  harness.work()
  await harness.ended(next.id)
  expect(await hasExactCounts(id)).toMatchObject({ status: 'cancelled', progress: { processedRecords: 0 } })
})

test('a worker that holds the row for long is asked to stop, and then the job is cancelled', async () => {
  const id = await submit()
  const { pool } = harness.database
  const writer = await pool.connect()
  await writer.query('begin')
  await writer.query('select from lading.jobs where id = $1 for update', [id])
  const interrupted: string[] = []
  const queue = queueWith({
    async interrupt(jobId) {
      interrupted.push(jobId)
    },
  })
  const cancelling = harness.jobsWith({ queue }).cancel(id)
  await expect.poll(() => interrupted).toEqual([id])
  expect((await got(id)).status).toBe('pending')
  await writer.query('rollback')
  writer.release()
  expect(await cancelling).toMatchObject({ status: 'cancelled' })
})

test('a cancelled atomic import leaves nothing in the table, and counts nothing as imported', async () => {
  const id = await submit({ atomic: true })
  const storage = gated(fileStorage(harness.folder), 0.5)
  harness.work({ storage })
  await expect.poll(async () => (await got(id)).progress.processedRecords).toBeGreaterThan(0)
  await harness.jobs.cancel(id)
  await harness.stop()
  const job = await got(id)
  expect(job).toMatchObject({ status: 'cancelled', progress: { insertedRecords: 0, successfulRecords: 0 } })
  expect(job.progress.processedRecords).toBe(job.progress.failedRecords)
  expect(await tableSize()).toBe(0)
  storage.open()
})

describe('an ended job', () => {
  test('is not cancelled, and reports its status', async () => {
    const id = await submit()
    harness.work()
    await harness.ended(id)
    await expect(harness.jobs.cancel(id)).rejects.toMatchObject({
      code: 'JOB_ENDED',
      message: 'The import has completed already; there is nothing left to cancel.',
    })
    const second = await submit()
    await harness.stop()
    await harness.jobs.cancel(second)
    await expect(harness.jobs.cancel(second)).rejects.toMatchObject({ code: 'JOB_ENDED' })
    expect(await harness.jobs.cancel('00000000-0000-4000-8000-000000000000')).toBeUndefined()
    await expect(harness.jobs.cancel('1')).rejects.toMatchObject({ code: 'JOB_ID_INVALID' })
  })
})

describe('cancel and the end at the same time have one result', () => {
  test.each([
    ['cancel first', ['cancelled', false, true]],
    ['the end first', ['completed', true, false]],
  ])('%s', async (order, expected) => {
    const { pool } = harness.database
    const id = await submit()
    await pool.query(
      `update lading.jobs set status = 'processing', token = 1, lease_until = clock_timestamp() + interval '1 min' where id = $1`,
      [id],
    )
    // The statement that a worker ends with, on a connection that the test leads.
    const end = () =>
      pool.query(
        `update lading.jobs set status = 'completed' where id = $1 and token = 1 and status in ('processing')`,
        [id],
      )
    const cancel = () => harness.jobs.cancel(id).then(Boolean, () => false)
    let isCancelled: boolean
    let isCompleted: boolean
    if (order === 'cancel first') {
      isCancelled = await cancel()
      isCompleted = ((await end()).rowCount ?? 0) > 0
    } else {
      isCompleted = ((await end()).rowCount ?? 0) > 0
      isCancelled = await cancel()
    }
    expect([(await got(id)).status, isCompleted, isCancelled]).toEqual(expected)
  })

  test('again and again at random, with workers that work', async () => {
    harness.work()
    const outcomes = new Set<string>()
    for (let round = 0; round < (isShortRun ? 10 : 50); round++) {
      await harness.database.pool.query('truncate users cascade')
      const { id } = await harness.jobs.submitImport({
        resource: 'users',
        format: 'ndjson',
        source: bytes(people(20)),
      })
      // From before its first batch to after its last one: 20 records are 7 batches.
      const records = Math.floor(Math.random() * 21)
      await expect
        .poll(async () => (await got(id)).progress.processedRecords, { interval: 1 })
        .toBeGreaterThanOrEqual(records)
      // A time after the last batch is rarely after the end: at least once it is, under any load.
      if (round === 0) await harness.ended(id)
      const wasCancelled = await harness.jobs.cancel(id).then(Boolean, () => false)
      await expect.poll(async () => (await got(id)).status).toMatch(/completed|cancelled/)
      const job = await hasExactCounts(id)
      expect(job.status).toBe(wasCancelled ? 'cancelled' : 'completed')
      if (!wasCancelled) expect(job.progress.processedRecords).toBe(20)
      outcomes.add(job.status)
    }
    expect([...outcomes].sort()).toEqual(['cancelled', 'completed'])
  })
})
