// How often workers look for jobs: only when there may be one, and a slot for it.
import pg from 'pg'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { dispatchHarness, never } from '../fixtures/dispatch-harness.ts'

const harness = dispatchHarness()
let pool: pg.Pool
beforeEach(() => {
  pool = new pg.Pool({ connectionString: harness.database.url, max: 4 })
  pool.on('error', () => undefined)
})
afterEach(async () => {
  await harness.stop()
  await pool.end()
})

const poll = <Value>(value: () => Value) => expect.poll(value, { timeout: 20_000, interval: 5 })

test('polls are few: none while no slot is free, and one for each job that ends', async () => {
  let looks = 0
  pool.on('acquire', () => {
    looks++
  })
  const steps: (() => void)[] = []
  const worker = harness.worker(
    { pool, concurrency: 2, pollMs: 1 },
    () => new Promise<void>(next => steps.push(next)),
  )
  await harness.add(10)
  await poll(() => worker.begun.length).toBe(2)
  const before = looks
  // No worker polls, however often it is notified.
  for (let count = 0; count < 10; count++) worker.wake()
  await harness.database.pool.query('select 1')
  expect(looks).toBe(before)
  while (worker.begun.length < 10) {
    const begun = worker.begun.length
    steps.shift()?.()
    await poll(() => worker.begun.length).toBe(begun + 1)
  }
  // An end and a claim for each job.
  expect(looks - before).toBe(16)
  for (const step of steps) step()
})

test('with no job left, the end of a job does not cause a poll', async () => {
  let looks = 0
  pool.on('acquire', () => {
    looks++
  })
  const steps: (() => void)[] = []
  const worker = harness.worker(
    { pool, concurrency: 4, pollMs: never },
    () => new Promise<void>(next => steps.push(next)),
  )
  await harness.add(3)
  worker.wake()
  // One claim for each job, since all have one key, and one that finds nothing.
  await poll(() => looks).toBeGreaterThanOrEqual(4)
  await poll(() => worker.begun.length).toBe(3)
  const before = looks
  for (const [index, step] of steps.entries()) {
    step()
    await poll(() => harness.count('completed')).toBe(index + 1)
  }
  // One connection for each end; the look that found nothing may have come after `before`. Looks after each end: six.
  expect(looks - before).toBeLessThanOrEqual(4)
})
