// A queue with few places: what is cancelled, or will never begin, gives its place back at once.
import { describe, expect, test } from 'vitest'
import { type JobsOptions, memoryQueue, postgresQueue, type Queue } from '../src/index.ts'
import { jobsBed } from './jobs-bed.ts'
import { bytes } from './support.ts'

const bed = jobsBed()

describe.each([
  ['in the database', () => postgresQueue({ pool: bed.database.pool, maxDepth: 1 })],
  ['in memory', () => memoryQueue({ maxDepth: 1 })],
])('%s', (_, queueWith: () => Queue) => {
  function full(options: Partial<JobsOptions> = {}) {
    const queue = queueWith()
    const jobs = bed.jobsWith({ queue, ...options })
    const submit = (after?: string) =>
      jobs.submitImport({ resource: 'users', format: 'csv', source: bytes('email\n'), after })
    return { queue, jobs, submit }
  }

  test('a pending import that is cancelled leaves its place to the next one', async () => {
    const { jobs, submit } = full()
    const { id } = await submit()
    await expect(submit()).rejects.toMatchObject({ code: 'QUEUE_FULL' })
    await jobs.cancel(id)
    const next = await submit()
    await expect(submit()).rejects.toMatchObject({ code: 'QUEUE_FULL' })
    await jobs.cancel(next.id)
    expect(await jobs.retry(id)).toMatchObject({ status: 'pending' })
    await expect(submit()).rejects.toMatchObject({ code: 'QUEUE_FULL' })
  })

  test('so does an export', async () => {
    const { jobs } = full()
    const submit = () => jobs.submitExport({ resource: 'users', format: 'csv' })
    const { id } = await submit()
    await expect(submit()).rejects.toMatchObject({ code: 'QUEUE_FULL' })
    await jobs.cancel(id)
    expect(await submit()).toMatchObject({ status: 'pending' })
  })

  test('an import that will never begin, since the one before it was cancelled, keeps none', async () => {
    const { queue, jobs, submit } = full()
    const first = await submit()
    const follower = await submit(first.id)
    await queue.forget?.(first.id)
    // A message that came too early, as a sweep or a retry may have left it.
    await queue.enqueue({ jobId: follower.id, kind: 'import', resource: 'users' })
    await jobs.cancel(first.id)
    expect(await jobs.get(follower.id)).toMatchObject({ status: 'failed', errorCode: 'AFTER_FAILED' })
    expect(await queue.depth('import')).toBe(0)
    expect(await submit()).toMatchObject({ status: 'pending' })
  })
})
