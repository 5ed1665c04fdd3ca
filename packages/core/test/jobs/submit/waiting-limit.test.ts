// The limit of jobs that wait for a worker: a full queue accepts no more, and a cancelled or started job frees its place.
import { expect, test } from 'vitest'
import { memoryStorage } from '../../../src/index.ts'
import { jobsHarness } from '../../fixtures/jobs-harness.ts'
import { bytes } from '../../support.ts'

const harness = jobsHarness()
const full = { code: 'QUEUE_FULL' }

function narrow(maxWaitingJobs = 1) {
  const jobs = harness.jobsWith({ maxWaitingJobs })
  return {
    jobs,
    submit: (after?: string) =>
      jobs.submitImport({ resource: 'users', format: 'csv', source: bytes('email\n'), after }),
    export: () => jobs.submitExport({ resource: 'users', format: 'csv' }),
    fetch: () => jobs.submitRemoteImport({ resource: 'users', url: 'https://example.org/users.csv' }),
  }
}

test('a pending import that is cancelled frees its place for the next one', async () => {
  const { jobs, submit } = narrow()
  const { id } = await submit()
  await expect(submit()).rejects.toMatchObject(full)
  await jobs.cancel(id)
  const next = await submit()
  await expect(submit()).rejects.toMatchObject(full)
  await expect(jobs.retry(id)).rejects.toMatchObject(full)
  expect(await jobs.get(id)).toMatchObject({ status: 'cancelled' })
  await jobs.cancel(next.id)
  expect(await jobs.retry(id)).toMatchObject({ status: 'pending' })
  await expect(submit()).rejects.toMatchObject(full)
})

test('so does an export', async () => {
  const { jobs, export: submit } = narrow()
  const { id } = await submit()
  await expect(submit()).rejects.toMatchObject(full)
  await jobs.cancel(id)
  expect(await submit()).toMatchObject({ status: 'pending' })
})

test('imports, exports and remote files have separate limits', async () => {
  const { submit, export: exported, fetch } = narrow(2)
  for (const send of [submit, exported, fetch]) {
    await send()
    await send()
    await expect(send()).rejects.toMatchObject(full)
  }
})

test('a running job, and one that waits for another, take no place', async () => {
  const { jobs, submit } = narrow()
  const first = await submit()
  await submit(first.id)
  await submit(first.id)
  await harness.database.pool.query(`update lading.jobs set status = 'processing' where id = $1`, [first.id])
  await submit()
  await expect(submit()).rejects.toMatchObject(full)
  await jobs.cancel(first.id)
})

test('an import that will never start, since the one before it was cancelled, takes no place', async () => {
  const { jobs, submit } = narrow()
  const first = await submit()
  const follower = await submit(first.id)
  await jobs.cancel(first.id)
  expect(await jobs.get(follower.id)).toMatchObject({ status: 'failed', errorCode: 'AFTER_FAILED' })
  expect(await submit()).toMatchObject({ status: 'pending' })
})

test('a storage with too many imports leaves capacity for those of another', async () => {
  const { submit } = narrow()
  const other = harness.jobsWith({ maxWaitingJobs: 1, storage: memoryStorage() })
  await submit()
  await expect(submit()).rejects.toMatchObject(full)
  const file = { resource: 'users', format: 'csv', source: bytes('email\n') }
  await other.submitImport(file)
  await expect(other.submitImport(file)).rejects.toMatchObject(full)
})

test.each([0, -1, 1.5])('a limit of %d is rejected', maxWaitingJobs => {
  expect(() => harness.jobsWith({ maxWaitingJobs })).toThrow('maxWaitingJobs must be a whole number from 1')
})
