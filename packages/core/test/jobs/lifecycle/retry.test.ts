// A failed or cancelled job goes on when somebody says so: behind its checkpoint, with no row twice.
import type { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { expect, test } from 'vitest'
import { fileStorage, type Job } from '../../../src/index.ts'
import { gated } from '../../fixtures/gated-storage.ts'
import { jobsBed } from '../../fixtures/jobs-harness.ts'
import { bytes, rowsOf } from '../../support.ts'

const bed = jobsBed()

const line = (email: string) => `{"email":"${email}","name":"P","role":"reader","active":true}\n`
const people = (count: number) =>
  Array.from({ length: count }, (_, index) => line(index % 5 === 4 ? 'bad' : `${index}@example.org`)).join('')
const submit = async (settings = {}) =>
  (
    await bed.jobs.submitImport({
      resource: 'users',
      format: 'ndjson',
      source: bytes(people(600)),
      ...settings,
    })
  ).id
const got = async (id: string) => (await bed.jobs.get(id)) as Job

async function cancelledInTheMiddle(settings = {}): Promise<string> {
  const id = await submit(settings)
  const storage = gated(fileStorage(bed.folder), 0.5)
  bed.work({ storage })
  await expect.poll(async () => (await got(id)).progress.processedRecords).toBeGreaterThan(0)
  await bed.jobs.cancel(id)
  await bed.stop()
  storage.open()
  return id
}

test.each([
  ['an import', {}],
  ['an atomic import', { atomic: true }],
  ['a dry run', { dryRun: true }],
])('%s that was cancelled in the middle ends as if nothing had happened', async (_, settings) => {
  const undisturbed = await submit(settings)
  bed.work()
  const { status, progress, errorCode, errorsByCode } = await bed.ended(undisturbed)
  const rows = (await rowsOf(bed.database.pool, 'users')).length
  await bed.stop()
  await bed.database.pool.query('truncate users cascade')

  const id = await cancelledInTheMiddle(settings)
  expect(await bed.jobs.retry(id)).toMatchObject({ id, status: 'pending', completedAt: null })
  bed.work()
  expect(await bed.ended(id)).toMatchObject({ status, progress, errorCode, errorsByCode })
  expect(await rowsOf(bed.database.pool, 'users')).toHaveLength(rows)
  expect((await bed.jobs.errors(id)).total).toBe(120)
})

test('maxErrors counts those behind the place where it goes on', async () => {
  bed.work()
  const id = await submit({ source: bytes(people(25)), maxErrors: 2 })
  expect(await bed.ended(id)).toMatchObject({ errorCode: 'TOO_MANY_ERRORS', progress: { failedRecords: 2 } })
  await bed.jobs.retry(id)
  expect(await bed.ended(id)).toMatchObject({
    status: 'failed',
    errorCode: 'TOO_MANY_ERRORS',
    progress: { processedRecords: 20, failedRecords: 4, unprocessedRecords: 5 },
  })
  await bed.jobs.retry(id)
  expect(await bed.ended(id)).toMatchObject({
    status: 'completed',
    errorCode: null,
    errorMessage: null,
    progress: { processedRecords: 25, failedRecords: 5, unprocessedRecords: null },
  })
  expect(await rowsOf(bed.database.pool, 'users')).toHaveLength(20)
  // One of each five was rejected, whichever attempt read it.
  const { errors } = await bed.jobs.errors(id)
  expect(errors.map(({ rowNumber }) => rowNumber)).toEqual([5, 10, 15, 20, 25])
  const rejects = await text((await bed.jobs.rejects(id)) as Readable)
  expect(rejects).toBe(line('bad').repeat(5))
})

test('an export is made anew', async () => {
  const { id } = await bed.jobs.submitExport({ resource: 'users', format: 'csv' })
  await bed.jobs.cancel(id)
  await bed.jobs.retry(id)
  bed.work()
  expect(await bed.ended(id)).toMatchObject({ status: 'completed', file: { rows: 0 } })
})

test('what has not ended, has completed or is not there says so', async () => {
  const id = await submit()
  await expect(bed.jobs.retry(id)).rejects.toMatchObject({ code: 'JOB_NOT_READY' })
  bed.work()
  await bed.ended(id)
  await expect(bed.jobs.retry(id)).rejects.toMatchObject({ code: 'JOB_ENDED' })
  expect(await bed.jobs.retry('00000000-0000-4000-8000-000000000000')).toBeUndefined()
})

test('without its file it cannot go on, and stays as it is', async () => {
  const id = await submit()
  await bed.jobs.cancel(id)
  await bed.forgetFiles()
  await expect(bed.jobs.retry(id)).rejects.toMatchObject({ code: 'STORAGE_NOT_FOUND' })
  expect((await got(id)).status).toBe('cancelled')
})

test('ten at once begin it once', async () => {
  const id = await submit({ source: bytes(people(10)) })
  await bed.jobs.cancel(id)
  const answers = await Promise.allSettled(Array.from({ length: 10 }, () => bed.jobs.retry(id)))
  expect(answers.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
  bed.work()
  expect(await bed.ended(id)).toMatchObject({ status: 'completed', progress: { processedRecords: 10 } })
})
