// A caller has a maximum number of unfinished jobs, even with concurrent submissions; other callers are not affected.
import { expect, test } from 'vitest'
import type { Caller } from '../../../src/index.ts'
import { file, jobsHarness } from '../../fixtures/jobs-harness.ts'
import { bytes } from '../../support.ts'

const harness = jobsHarness()
const few = () => harness.jobsWith({ activeJobsPerCaller: 2 })
const tooMany = { code: 'TOO_MANY_JOBS', status: 429, retryable: true }
const ann = { tenant: 't', principal: 'ann' }

const exported = (caller?: Caller) => few().submitExport({ resource: 'users', format: 'csv', caller })

test('one job too many is rejected, and there is capacity again once one has ended', async () => {
  const { id } = await exported(ann)
  await few().checkCapacity({ caller: ann })
  await exported(ann)
  await expect(few().checkCapacity({ caller: ann })).rejects.toMatchObject(tooMany)
  await expect(exported(ann)).rejects.toMatchObject({
    ...tooMany,
    message: 'You have 2 unfinished jobs, and the limit is 2; wait until some have ended.',
  })
  await harness.jobs.cancel(id)
  await few().checkCapacity({ caller: ann })
  await exported(ann)
})

test('another principal, another tenant and an absent caller have separate limits', async () => {
  for (const caller of [
    ann,
    { tenant: 't', principal: 'bob' },
    { tenant: 't' },
    { principal: 'ann' },
    undefined,
  ]) {
    await exported(caller)
    await exported(caller)
    await expect(exported(caller)).rejects.toMatchObject(tooMany)
  }
})

test('of ten concurrent requests, two are accepted, and nothing is left of the others', async () => {
  const jobs = few()
  const sent = Array.from({ length: 10 }, () =>
    jobs.submitImport({ resource: 'users', format: 'csv', source: bytes(file) }),
  )
  const outcomes = await Promise.allSettled(sent)
  expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(2)
  for (const outcome of outcomes)
    if (outcome.status === 'rejected') expect(outcome.reason).toMatchObject(tooMany)
  const { rows } = await harness.database.pool.query('select count(*)::int as jobs from lading.jobs')
  expect(rows).toEqual([{ jobs: 2 }])
})

test('a repeated request with its key is answered, however many jobs there are', async () => {
  const ask = () => few().submitExport({ resource: 'users', format: 'csv', idempotencyKey: 'k' })
  const { id } = await ask()
  await exported()
  await expect(exported()).rejects.toMatchObject(tooMany)
  expect((await ask()).id).toBe(id)
})

test('an invalid number is rejected', () => {
  for (const activeJobsPerCaller of [0, 1.5]) {
    expect(() => harness.jobsWith({ activeJobsPerCaller })).toThrow(
      'activeJobsPerCaller must be a whole number',
    )
  }
})
