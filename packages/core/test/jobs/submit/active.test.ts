// A caller has so many jobs that have not ended, however many come at once; others are not held up by it.
import { expect, test } from 'vitest'
import type { Caller } from '../../../src/index.ts'
import { file, jobsHarness } from '../../fixtures/jobs-harness.ts'
import { bytes } from '../../support.ts'

const harness = jobsHarness()
const few = () => harness.jobsWith({ activeJobsPerCaller: 2 })
const tooMany = { code: 'TOO_MANY_JOBS', status: 429, retryable: true }
const ann = { tenant: 't', principal: 'ann' }

const exported = (caller?: Caller) => few().submitExport({ resource: 'users', format: 'csv', caller })

test('one too many is refused, and there is room again when one has ended', async () => {
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

test('another principal, another tenant and nobody have room of their own', async () => {
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

test('of ten that come at once, two are taken, and of the others nothing is left', async () => {
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

test('a request that is repeated with its key is answered, whatever else there is', async () => {
  const ask = () => few().submitExport({ resource: 'users', format: 'csv', idempotencyKey: 'k' })
  const { id } = await ask()
  await exported()
  await expect(exported()).rejects.toMatchObject(tooMany)
  expect((await ask()).id).toBe(id)
})

test('a number that is none is refused', () => {
  for (const activeJobsPerCaller of [0, 1.5]) {
    expect(() => harness.jobsWith({ activeJobsPerCaller })).toThrow(
      'activeJobsPerCaller must be a whole number',
    )
  }
})
