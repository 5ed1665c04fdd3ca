// A job that imported nothing says so in its first warning, unless earlier attempts imported something.
import { expect, test } from 'vitest'
import type { Job } from '../../../src/index.ts'
import { jobsHarness } from '../../fixtures/jobs-harness.ts'

const harness = jobsHarness()

const header = 'email,name,role,active\n'
const rejected = (count: number) => 'bad,N,reader,true\n'.repeat(count)

async function imported(source: string, more = {}): Promise<Job> {
  const job = { resource: 'users', format: 'csv', source: Buffer.from(source), ...more }
  const { id } = await harness.jobs.submitImport(job)
  return harness.ended(id)
}

const email = '"email" must be an e-mail address, such as ada@example.org.'
const warning = (detail: string) => [{ code: 'NOTHING_IMPORTED', detail: `Nothing was imported: ${detail}` }]
const each = (records: string) => warning(`${records} were rejected. Each for the same reason: ${email}`)

test('a job that completes counts all batches together', async () => {
  harness.work()
  const job = await imported(header + rejected(8))
  expect([job.status, job.warnings]).toEqual(['completed', each('all 8 records')])
})

test('a job that ends in the transaction of its rows, and one that fails', async () => {
  harness.work()
  await imported(`${header}a@example.org,A,reader,true\n`)
  const known = `${header}a@example.org,A,reader,true\n`
  const whole = await imported(known, { atomic: true, onConflict: 'ignore' })
  expect([whole.status, whole.warnings]).toEqual([
    'completed',
    warning('the only record is in the table already, and was left as it is.'),
  ])
  const failed = await imported(header + rejected(9), { maxErrors: 4 })
  expect([failed.status, failed.errorCode, failed.warnings]).toEqual([
    'failed',
    'TOO_MANY_ERRORS',
    each('all 4 records that were read'),
  ])
  // The warning about the part is computed again for the whole.
  await harness.jobs.retry(failed.id)
  const again = await harness.ended(failed.id)
  const alike = `Each has the error INVALID_EMAIL in "email", for example: ${email}`
  expect([again.progress.failedRecords, again.warnings]).toEqual([
    8,
    warning(`all 8 records that were read were rejected. ${alike}`),
  ])
  await harness.jobs.retry(failed.id)
  const last = await harness.ended(failed.id)
  expect([last.status, last.warnings]).toEqual([
    'completed',
    warning(`all 9 records were rejected. ${alike}`),
  ])
})

test('an attempt that imports nothing, after one that has imported something', async () => {
  const good = Array.from({ length: 3 }, (_, row) => `u${row}@example.org,U,reader,true\n`).join('')
  harness.work()
  const job = await imported(header + good + rejected(6), { maxErrors: 3 })
  expect([job.status, job.progress.insertedRecords, job.warnings]).toEqual(['failed', 3, []])
  await harness.jobs.retry(job.id)
  const again = await harness.ended(job.id)
  expect([again.progress.failedRecords, again.warnings]).toEqual([6, []])
})
