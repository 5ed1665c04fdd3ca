// A job that follows another one starts when that one has completed, and fails if it has not.
import { expect, test } from 'vitest'
import { isShortRun } from '../../../../../test-support/run-length.ts'
import { fileStorage, type Job, memoryQueue } from '../../../src/index.ts'
import { gated } from '../../fixtures/gated-storage.ts'
import { jobsHarness } from '../../fixtures/jobs-harness.ts'
import { bytes, rowsOf } from '../../support.ts'

const harness = jobsHarness()

const id = (number: number) => `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`
const user = `{"id":"${id(1)}","email":"a@example.org","name":"A","role":"author","active":true}\n`
const article = `{"id":"${id(2)}","slug":"a","title":"A","content":"A","author_id":"${id(1)}","status":"draft"}\n`
const comment = `{"article_id":"${id(2)}","user_id":"${id(1)}","body":"Well."}\n`

const submit = (resource: string, text: string, after?: string) =>
  harness.jobs.submitImport({ resource, format: 'ndjson', source: bytes(text), after })
const got = async (job: { readonly id: string }) => (await harness.jobs.get(job.id)) as Job

async function chain(): Promise<Job[]> {
  const users = await submit('users', user)
  const articles = await submit('articles', article, users.id)
  return [users, articles, await submit('comments', comment, articles.id)]
}

test('users, articles and comments are submitted at once, and none starts too early', async () => {
  const jobs = await chain()
  expect(jobs.map(({ status, after }) => [status, after])).toEqual([
    ['pending', null],
    ['pending', jobs[0]?.id],
    ['pending', jobs[1]?.id],
  ])
  harness.work()
  for (const job of jobs) {
    expect(await harness.ended(job.id)).toMatchObject({
      status: 'completed',
      progress: { insertedRecords: 1 },
    })
  }
  expect(await rowsOf(harness.database.pool, 'comments')).toHaveLength(1)
})

test('the same with a queue that is not in the database', async () => {
  const queue = memoryQueue()
  harness.work({ queue, rescueSeconds: 3_600 })
  const jobs = await chain()
  for (const job of jobs) expect(await harness.ended(job.id)).toMatchObject({ status: 'completed' })
  await harness.stop()
  await queue.close?.()
})

test('it waits as long as the other one takes, whatever notifies the workers', async () => {
  const [users, articles] = await chain()
  if (users === undefined || articles === undefined) throw new Error('There are three.')
  const storage = gated(fileStorage(harness.folder), 0)
  harness.work({ storage, rescueSeconds: 0.05, pollMs: 10 })
  await expect.poll(async () => (await got(users)).status).toBe('processing')
  // A later import of the same resource passes it.
  const passing = await submit('articles', '')
  await expect.poll(async () => (await got(passing)).status).toBe('processing')
  expect(await got(articles)).toMatchObject({ status: 'pending', startedAt: null })
  storage.open()
  expect(await harness.ended(articles.id)).toMatchObject({
    status: 'completed',
    progress: { insertedRecords: 1 },
  })
})

test.each(['failed', 'cancelled'])(
  'a chain fails after a job that has %s, each naming the one before',
  async end => {
    const users = await submit('users', end === 'failed' ? '' : user)
    const articles = await submit('articles', article, users.id)
    const comments = await submit('comments', comment, articles.id)
    if (end === 'cancelled') await harness.jobs.cancel(users.id)
    else {
      await harness.forgetFiles()
      harness.work()
      await harness.ended(users.id)
    }
    expect((await got(users)).status).toBe(end)
    for (const [job, before] of [
      [articles, users],
      [comments, articles],
    ] as const) {
      const { status, errorCode, errorMessage, completedAt } = await harness.ended(job.id)
      expect([status, errorCode]).toEqual(['failed', 'AFTER_FAILED'])
      expect(errorMessage).toContain(`The import ${before.id}, which this one waited for,`)
      expect(completedAt).not.toBeNull()
    }
  },
)

test('after a job that has already ended it starts at once, or fails at once', async () => {
  harness.work()
  const users = await submit('users', user)
  await harness.ended(users.id)
  const articles = await submit('articles', article, users.id)
  expect(await harness.ended(articles.id)).toMatchObject({ status: 'completed' })
  await harness.stop()
  const other = await submit('users', '')
  await harness.jobs.cancel(other.id)
  expect(await submit('users', '', other.id)).toMatchObject({ status: 'failed', errorCode: 'AFTER_FAILED' })
})

test('its retry requires the retry of the other one first', async () => {
  const users = await submit('users', user)
  const articles = await submit('articles', article, users.id)
  await harness.jobs.cancel(users.id)
  await expect(harness.jobs.retry(articles.id)).rejects.toMatchObject({ code: 'AFTER_FAILED' })
  expect((await got(articles)).status).toBe('failed')

  await harness.jobs.retry(users.id)
  expect((await got(articles)).status).toBe('failed')
  expect(await harness.jobs.retry(articles.id)).toMatchObject({ status: 'pending', errorCode: null })
  harness.work()
  expect(await harness.ended(articles.id)).toMatchObject({
    status: 'completed',
    progress: { insertedRecords: 1 },
  })
})

test.each([
  ['an unknown id', async () => id(9)],
  ['an export', async () => (await harness.jobs.submitExport({ resource: 'users', format: 'csv' })).id],
])('%s is rejected at once, and no job is left', async (_, after) => {
  await expect(submit('users', user, await after())).rejects.toMatchObject({
    code: 'JOB_NOT_FOUND',
    message: 'There is no import with the id that the option "after" names; check the id.',
  })
  expect((await harness.jobs.list({ kind: 'import' })).jobs).toEqual([])
})

test('a malformed id is not reported as a missing job', async () => {
  await expect(submit('users', user, 'x')).rejects.toMatchObject({
    code: 'OPTION_INVALID',
    message: 'The option "after" must be the id of an import, a UUID.',
  })
})

test('submitted while the other one ends, it is never left waiting', async () => {
  harness.work()
  for (let round = 0; round < (isShortRun ? 5 : 25); round++) {
    const first = await submit('users', '')
    const followers = await Promise.all([submit('users', '', first.id), submit('users', '', first.id)])
    for (const follower of followers)
      expect(await harness.ended(follower.id)).toMatchObject({ status: 'completed' })
  }
})
