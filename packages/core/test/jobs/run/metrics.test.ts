// The metrics of jobs: each end is counted once, wherever it happens, and the time that workers had the jobs.
import { expect, test } from 'vitest'
import { fileStorage, type Job, type Metrics } from '../../../src/index.ts'
import { gated } from '../../fixtures/gated-storage.ts'
import { file, jobsHarness } from '../../fixtures/jobs-harness.ts'
import { bytes } from '../../support.ts'

const harness = jobsHarness()

function counting() {
  const reported: string[] = []
  const metrics: Metrics = {
    httpRequest: () => undefined,
    jobStarted: ({ kind }) => reported.push(`${kind} started`),
    jobStopped: ({ kind }) => reported.push(`${kind} let go`),
    jobEnded: ({ kind, resource, status, seconds }) =>
      reported.push(`${kind} of ${resource} ${status}${seconds > 0 ? '' : ' in no time'}`),
    records: ({ status, count }) => void (count > 0 && reported.push(`${count} ${status}`)),
  }
  return { reported, metrics }
}

const submit = (settings = {}) =>
  harness.jobs.submitImport({ resource: 'users', format: 'csv', source: bytes(file), ...settings })
const ask = (sql: string, values: unknown[] = []) => harness.database.pool.query(sql, values)
const got = async (id: string) => (await harness.jobs.get(id)) as Job

/** Longer than one read. */
const long = (name: string) =>
  bytes(
    file +
      Array.from({ length: 1_000 }, (_, row) => `${name}${row}@example.org,${name},reader,true\n`).join(''),
  )

/** A job that a worker has, which reads half of its file and waits. */
async function halfDone(metrics: Metrics) {
  const { id } = await submit({ source: long('x') })
  const storage = gated(fileStorage(harness.folder), 0.5)
  harness.work({ storage, metrics, rescueSeconds: 0.05 })
  await expect.poll(async () => (await got(id)).progress.processedRecords).toBeGreaterThan(0)
  return { id, storage }
}

test('an import that completes is counted once', async () => {
  const { reported, metrics } = counting()
  harness.work({ metrics })
  await harness.ended((await submit()).id)
  await harness.stop()
  expect(reported).toEqual([
    'import started',
    'import let go',
    'import of users completed',
    '3 successful',
    '3 failed',
  ])
})

test('an atomic import, which ends with the commit of its rows, is counted once too', async () => {
  const { reported, metrics } = counting()
  harness.work({ metrics })
  const source = bytes('email,name,role,active\na@example.org,A,reader,true\n')
  await harness.ended((await submit({ atomic: true, source })).id)
  await harness.stop()
  expect(reported).toEqual(['import started', 'import let go', 'import of users completed', '1 successful'])
})

test('an import that is cancelled before it started is counted, and those that were to follow it', async () => {
  const { reported, metrics } = counting()
  const heard: string[] = []
  const onJobEnd = ({ status, errorCode }: Job) => heard.push(`${status} ${errorCode}`)
  const jobs = harness.jobsWith({ metrics, onJobEnd })
  const first = await submit()
  const second = await submit({ after: first.id })
  await submit({ after: second.id })
  await jobs.cancel(first.id)
  const abandoned = 'import of users failed in no time'
  expect(reported).toEqual(['import of users cancelled in no time', abandoned, abandoned])
  expect(heard).toEqual(['cancelled null', 'failed AFTER_FAILED', 'failed AFTER_FAILED'])
  await jobs.submitImport({ resource: 'users', format: 'csv', source: bytes(file), after: first.id })
  expect(reported.slice(3)).toEqual([abandoned])
})

test('an import that is cancelled while it runs is counted once, by the process that cancelled it', async () => {
  const worker = counting()
  const caller = counting()
  const { id, storage } = await halfDone(worker.metrics)
  await harness.jobsWith({ metrics: caller.metrics }).cancel(id)
  await expect.poll(() => worker.reported).toContain('import let go')
  await harness.stop()
  expect(caller.reported[0]).toBe('import of users cancelled')
  expect(caller.reported.filter(what => what.includes('users'))).toHaveLength(1)
  expect(worker.reported).toEqual(['import started', 'import let go'])
  storage.open()
})

test('neither a worker that stops nor one that lost its job counts an end', async () => {
  const { reported, metrics } = counting()
  const { id, storage } = await halfDone(metrics)
  await harness.stop()
  expect(reported).toEqual(['import started', 'import let go'])
  expect((await got(id)).status).toBe('pending')
  storage.open()

  const lost = counting()
  const next = await submit({ source: long('y') })
  const half = gated(fileStorage(harness.folder), 0.5)
  harness.work({ storage: half, metrics: lost.metrics })
  await expect.poll(async () => (await got(next.id)).progress.processedRecords).toBeGreaterThan(0)
  await ask(`update lading.jobs set token = token + 1, status = 'completed' where id = $1`, [next.id])
  half.open()
  await harness.ended(id)
  await harness.stop()
  expect(lost.reported.filter(what => what.includes('users'))).toHaveLength(1)
})

test('the duration is the time that workers had the job, without the pauses in between', async () => {
  const { metrics } = counting()
  const { id, storage } = await halfDone(metrics)
  // As if it had been started two hours ago, and its worker had it for a hundred seconds before this attempt.
  await ask(
    `update lading.jobs set started_at = started_at - interval '2 h', created_at = created_at - interval '2 h',
      processing_time = interval '100 s' where id = $1`,
    [id],
  )
  await harness.jobs.cancel(id)
  const cancelled = (await got(id)).durationSeconds ?? 0
  expect(cancelled).toBeGreaterThan(100)
  expect(cancelled).toBeLessThan(160)
  await harness.stop()
  storage.open()
  await harness.jobs.retry(id)
  expect((await got(id)).durationSeconds).toBe(cancelled)
  harness.work()
  const { durationSeconds, rowsPerSecond, progress } = await harness.ended(id)
  expect(durationSeconds).toBeGreaterThan(cancelled)
  expect(durationSeconds).toBeLessThan(160)
  expect(rowsPerSecond).toBe(Math.round(progress.processedRecords / (durationSeconds ?? 0)))
})

test('a worker that died had the job until its lease expired, and not until this was noticed', async () => {
  const { id } = await submit()
  await ask(
    `update lading.jobs set status = 'processing', token = 1, started_at = clock_timestamp() - interval '2 h',
      claimed_at = clock_timestamp() - interval '2 h', lease_until = clock_timestamp() - interval '119 min'
     where id = $1`,
    [id],
  )
  harness.work()
  const { durationSeconds } = await harness.ended(id)
  expect(durationSeconds).toBeGreaterThan(60)
  expect(durationSeconds).toBeLessThan(90)
})
