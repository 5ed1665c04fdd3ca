// A failed or cancelled job resumes on request: after its checkpoint, with no row twice.
import type { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { expect, test } from 'vitest'
import { fileStorage, type Job } from '../../../src/index.ts'
import { gated } from '../../fixtures/gated-storage.ts'
import { jobsHarness } from '../../fixtures/jobs-harness.ts'
import { bytes, rowsOf } from '../../support.ts'

const harness = jobsHarness()

const line = (email: string) => `{"email":"${email}","name":"P","role":"reader","active":true}\n`
const people = (count: number) =>
  Array.from({ length: count }, (_, index) => line(index % 5 === 4 ? 'bad' : `${index}@example.org`)).join('')
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

async function cancelledInTheMiddle(settings = {}): Promise<string> {
  const id = await submit(settings)
  const storage = gated(fileStorage(harness.folder), 0.5)
  harness.work({ storage })
  await expect.poll(async () => (await got(id)).progress.processedRecords).toBeGreaterThan(0)
  await harness.jobs.cancel(id)
  await harness.stop()
  storage.open()
  return id
}

test.each([
  ['an import', {}],
  ['an atomic import', { atomic: true }],
  ['a dry run', { dryRun: true }],
])('%s that was cancelled midway completes as if it had not been interrupted', async (_, settings) => {
  const undisturbed = await submit(settings)
  harness.work()
  const { status, progress, errorCode, errorsByCode } = await harness.ended(undisturbed)
  const rows = (await rowsOf(harness.database.pool, 'users')).length
  await harness.stop()
  await harness.database.pool.query('truncate users cascade')

  const id = await cancelledInTheMiddle(settings)
  expect(await harness.jobs.retry(id)).toMatchObject({ id, status: 'pending', completedAt: null })
  harness.work()
  expect(await harness.ended(id)).toMatchObject({ status, progress, errorCode, errorsByCode })
  expect(await rowsOf(harness.database.pool, 'users')).toHaveLength(rows)
  expect((await harness.jobs.errors(id)).total).toBe(12)
})

test('maxErrors counts records after the place where it resumes', async () => {
  harness.work()
  const id = await submit({ source: bytes(people(25)), maxErrors: 2 })
  expect(await harness.ended(id)).toMatchObject({
    errorCode: 'TOO_MANY_ERRORS',
    progress: { failedRecords: 2 },
  })
  await harness.jobs.retry(id)
  expect(await harness.ended(id)).toMatchObject({
    status: 'failed',
    errorCode: 'TOO_MANY_ERRORS',
    progress: { processedRecords: 20, failedRecords: 4, unprocessedRecords: 5 },
  })
  await harness.jobs.retry(id)
  expect(await harness.ended(id)).toMatchObject({
    status: 'completed',
    errorCode: null,
    errorMessage: null,
    progress: { processedRecords: 25, failedRecords: 5, unprocessedRecords: null },
  })
  expect(await rowsOf(harness.database.pool, 'users')).toHaveLength(20)
  // One of each five was rejected, whichever attempt read it.
  const { errors } = await harness.jobs.errors(id)
  expect(errors.map(({ rowNumber }) => rowNumber)).toEqual([5, 10, 15, 20, 25])
  const rejects = await text((await harness.jobs.rejects(id)) as Readable)
  expect(rejects).toBe(line('bad').repeat(5))
})

test('an export starts over', async () => {
  const { id } = await harness.jobs.submitExport({ resource: 'users', format: 'csv' })
  await harness.jobs.cancel(id)
  await harness.jobs.retry(id)
  harness.work()
  expect(await harness.ended(id)).toMatchObject({ status: 'completed', file: { rows: 0 } })
})

test('an unfinished, completed or unknown job is reported as such', async () => {
  const id = await submit()
  await expect(harness.jobs.retry(id)).rejects.toMatchObject({ code: 'JOB_NOT_READY' })
  harness.work()
  await harness.ended(id)
  await expect(harness.jobs.retry(id)).rejects.toMatchObject({ code: 'JOB_ENDED' })
  expect(await harness.jobs.retry('00000000-0000-4000-8000-000000000000')).toBeUndefined()
})

test('without its file it cannot resume, and stays as it is', async () => {
  const id = await submit()
  await harness.jobs.cancel(id)
  await harness.forgetFiles()
  await expect(harness.jobs.retry(id)).rejects.toMatchObject({ code: 'STORAGE_NOT_FOUND' })
  expect((await got(id)).status).toBe('cancelled')
})

test('ten concurrent retries start it once', async () => {
  const id = await submit({ source: bytes(people(10)) })
  await harness.jobs.cancel(id)
  const answers = await Promise.allSettled(Array.from({ length: 10 }, () => harness.jobs.retry(id)))
  expect(answers.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
  harness.work()
  expect(await harness.ended(id)).toMatchObject({ status: 'completed', progress: { processedRecords: 10 } })
})
