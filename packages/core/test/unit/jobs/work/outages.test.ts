// What is reported of an outage: a log line for each fault would hide everything else.
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { LadingError } from '../../../../src/errors/lading-error.ts'
import { type Outage, watchOutages } from '../../../../src/jobs/work/outages.ts'
import type { Pool } from '../../../../src/postgres/pool/checkout.ts'

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

/** The database does not answer, so that no job is known to wait no more. */
const pool = { connect: () => Promise.reject(new Error('away')), on: () => undefined } as unknown as Pool

test('is reported once when it begins, every ten minutes, and once when it is over', async () => {
  const reported: string[] = []
  const counted: string[] = []
  const outages = watchOutages({
    pool,
    metrics: { waiting: ({ code, jobs }) => void counted.push(`${jobs} ${code}`) },
    onOutage: ({ event, code, jobs }: Outage) => void reported.push(`${event} ${code} ${jobs}`),
  })
  const fault = new LadingError('STORAGE_UNAVAILABLE', 'It is away.')
  outages.begin('a', fault)
  outages.begin('b', fault)
  outages.begin('a', fault)
  expect(reported).toEqual(['began STORAGE_UNAVAILABLE 1'])
  await vi.advanceTimersByTimeAsync(9.5 * 60_000)
  expect(reported).toHaveLength(1)
  await vi.advanceTimersByTimeAsync(60_000)
  expect(reported.slice(1)).toEqual(['lasts STORAGE_UNAVAILABLE 2'])
  await vi.advanceTimersByTimeAsync(10 * 60_000)
  expect(reported.slice(2)).toEqual(['lasts STORAGE_UNAVAILABLE 2'])
  outages.settle('a')
  expect(reported).toHaveLength(3)
  outages.settle('b')
  outages.settle('b')
  await vi.advanceTimersByTimeAsync(30 * 60_000)
  expect(reported.slice(3)).toEqual(['over STORAGE_UNAVAILABLE 0'])
  expect(counted).toEqual([
    '1 STORAGE_UNAVAILABLE',
    '2 STORAGE_UNAVAILABLE',
    '2 STORAGE_UNAVAILABLE',
    '1 STORAGE_UNAVAILABLE',
    '0 STORAGE_UNAVAILABLE',
  ])
  outages.close()
})
