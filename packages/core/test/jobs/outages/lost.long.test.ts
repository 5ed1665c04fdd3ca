// Attempts that end without a report: POISON only if the same place ended them, and nothing else explains them.
import { beforeEach, describe, expect, test } from 'vitest'
import { createJobStore } from '../../../src/jobs/store/job-store.ts'
import { claimed } from '../../fixtures/claimed.ts'
import { file, jobsHarness } from '../../fixtures/jobs-harness.ts'
import { bytes } from '../../support.ts'

const harness = jobsHarness()
let store: ReturnType<typeof createJobStore>
beforeEach(() => {
  const noNotification = () => {
    throw new Error('There is nothing to notify here.')
  }
  store = createJobStore(harness.database.pool, noNotification)
})

const kinds = {
  import: () => harness.jobs.submitImport({ resource: 'users', format: 'csv', source: bytes(file) }),
  'dry run': () =>
    harness.jobs.submitImport({ resource: 'users', format: 'csv', source: bytes(file), dryRun: true }),
  'atomic import': () =>
    harness.jobs.submitImport({ resource: 'users', format: 'csv', source: bytes(file), atomic: true }),
  export: () => harness.jobs.submitExport({ resource: 'users', format: 'csv' }),
} as const
type Kind = keyof typeof kinds

/** Like a worker that dies after it has reached this point. */
async function lose(kind: Kind, id: string, place: number, worker = 'dead', more = ''): Promise<number> {
  const row = await claimed(harness.database.pool, worker, id)
  const reached =
    kind === 'export'
      ? `processed = ${place * 10_000}, successful = ${place * 10_000}, inserted = ${place * 10_000}`
      : `checkpoint_row = ${place}`
  await harness.database.pool.query(
    `update lading.jobs set ${reached}, lease_until = clock_timestamp() - interval '1 s' ${more} where id = $1`,
    [id],
  )
  return row.attempts
}

async function lost(kind: Kind, id: string, places: readonly number[]): Promise<number[]> {
  const attempts: number[] = []
  for (const place of places) attempts.push(await lose(kind, id, place))
  return attempts
}

const whole = ['dry run', 'atomic import', 'export'] as const

test.each(whole)(
  '%s: deaths at one place are counted, even with deaths at other places in between',
  async kind => {
    const { id } = await kinds[kind]()
    expect(await lost(kind, id, [3, 3, 3, 3, 3, 3])).toEqual([1, 2, 3, 4, 5, 6])
  },
)

test.each(whole)('%s: deaths at different places count for nothing', async kind => {
  const { id } = await kinds[kind]()
  expect(await lost(kind, id, [5, 3, 4, 2, 6, 1, 9, 8])).toEqual([1, 2, 2, 2, 2, 2, 2, 2])
})

test('an import that makes progress restarts the count', async () => {
  const { id } = await kinds.import()
  expect(await lost('import', id, [0, 0, 2, 2, 2, 4])).toEqual([1, 2, 3, 1, 2, 3])
})

describe.each(Object.keys(kinds) as Kind[])('%s', kind => {
  test('restarts of the database explain lost attempts', async () => {
    const { id } = await kinds[kind]()
    const attempts: number[] = []
    for (let count = 0; count < 7; count++) {
      attempts.push(
        await lose(kind, id, 0, 'dead', `, claimed_server = pg_postmaster_start_time() - interval '1 hour'`),
      )
    }
    expect(attempts).toEqual([1, 1, 1, 1, 1, 1, 1])
  })

  test('a process that lost other jobs too counts a fifth', async () => {
    const { id } = await kinds[kind]()
    const { id: other } = await kinds.import()
    const attempts: number[] = []
    for (let count = 0; count < 12; count++) {
      attempts.push(await lose(kind, id, 0, `p${count}`))
      await harness.database.pool.query(`update lading.jobs set lost_worker = $2 where id = $1`, [
        other,
        `p${count}`,
      ])
    }
    expect(attempts).toEqual([1, 1, 1, 1, 1, 2, 2, 2, 2, 2, 3, 3])
  })

  test('a worker that was only frozen is not counted', async () => {
    const { id } = await kinds[kind]()
    const attempts: number[] = []
    for (let count = 1; count < 8; count++) {
      attempts.push(await lose(kind, id, 0, `frozen ${count}`))
      if (count > 1) await store.survived(id, String(count - 1), `frozen ${count - 1}`)
    }
    expect(attempts).toEqual([1, 2, 2, 2, 2, 2, 2])
  })

  test('a worker that stops, and one that waits, count nothing', async () => {
    const { id } = await kinds[kind]()
    const attempts: number[] = []
    for (let count = 1; count < 8; count++) {
      attempts.push(await lose(kind, id, 0))
      const outage = { code: 'DATABASE_UNAVAILABLE', message: 'It is away.', ageSeconds: 0 }
      if (count % 2 === 0) await store.release(id, String(count))
      else {
        await store.wait(id, String(count), outage, { backoffMs: 1_000, maxBackoffMs: 300_000 })
        await harness.database.pool.query('update lading.jobs set due_at = now() where id = $1', [id])
      }
    }
    expect(attempts).toEqual([1, 1, 1, 1, 1, 1, 1])
  })
})
