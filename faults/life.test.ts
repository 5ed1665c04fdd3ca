// F8, F11, F24, F31: repeated notifications, SIGTERM, cancelling at every point, and eight processes that migrate at once.
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { ladingMigrations } from '../packages/core/src/index.ts'
import { createDatabase } from '../test-support/database.ts'
import { fairClock } from '../test-support/fair-clock.ts'
import { gateAt } from './support/gate.ts'
import { faultHarness } from './support/harness.ts'
import type { Cut } from './support/settings.ts'

const harness = faultHarness()

test('resumed repeatedly while it runs and after it is done: nothing is done twice', async () => {
  const id = await harness.submit()
  const wake = () => harness.pool.query(`select pg_notify('lading_jobs', lane) from lading.jobs`)
  harness.worker()
  for (const row of [2_001, 6_001, 12_001]) {
    await harness.reached(id, row)
    await wake()
  }
  await harness.ended(id)
  const before = await harness.status(id)
  for (let time = 0; time < 2; time++) await wake()
  // A later job passes, so the notifications have been received.
  const next = await harness.jobs.submitExport({ resource: 'cargo', format: 'csv' })
  await harness.ended(next.id)
  expect(await harness.status(id)).toEqual({ ...before, token: 1 })
  await harness.expectExact(id, { files: 2 })
})

test.each([0, 6_860, 14_700])(
  'SIGTERM after %i rows: it ends with 0 within 5 s, and the job can be claimed at once',
  async rows => {
    const gate = await gateAt(harness, rows)
    const id = await harness.submit()
    const first = harness.worker({ leaseSeconds: 60, batchRows: 500 })
    await gate.reached()
    expect((await harness.status(id)).status).toBe('processing')
    const running = fairClock()
    first.send('SIGTERM')
    await gate.open()
    expect(await first.ended).toMatchObject({ code: 0, signal: null })
    expect(running()).toBeLessThan(5_000)
    const { status, row } = await harness.status(id)
    expect(status).toBe('pending')
    expect(row).toBeLessThan(20_000)
    harness.worker({ leaseSeconds: 60 })
    // With a lease of a minute, only a released job is claimed that soon.
    await harness.expectExact(id)
  },
)

const steps: readonly Cut[] = ['before_begin', 'mid_copy', 'before_commit', 'after_commit_before_ack']

test.each(steps)(
  'cancelled while its worker is frozen %s: no row is added, and the counts are those of the table',
  async step => {
    const id = await harness.submit()
    const worker = harness.worker({ failpoint: `${step}:3:SIGSTOP` })
    await worker.reported('fired')
    expect((await harness.status(id)).status).toBe('processing')
    const job = await harness.jobs.cancel(id)
    expect(job?.status).toBe('cancelled')
    worker.send('SIGCONT')
    worker.send('SIGTERM')
    expect((await worker.ended).code).toBe(0)
    await expectAsCounted(id, step === 'after_commit_before_ack' ? 3_000 : 2_000)
  },
)

test.each(steps)(
  'cancelled after its worker was killed %s, and retried: it completes exactly',
  async step => {
    const id = await harness.submit()
    const worker = harness.worker({ failpoint: `${step}:3` })
    await worker.reported('fired')
    await worker.ended
    await harness.jobs.cancel(id)
    await expectAsCounted(id, step === 'after_commit_before_ack' ? 3_000 : 2_000)
    await harness.jobs.retry(id)
    harness.worker()
    await harness.expectExact(id)
  },
)

async function expectAsCounted(id: string, processed: number): Promise<void> {
  const { rows } = await harness.pool.query(
    `select status, processed::int, inserted::int, (select count(*)::int from cargo) as rows,
       (select count(distinct row_number)::int from lading.record_errors where job_id = id) as rejected
     from lading.jobs where id = $1`,
    [id],
  )
  const good = processed * 0.98
  expect(rows).toEqual([
    { status: 'cancelled', processed, inserted: good, rows: good, rejected: processed - good },
  ])
}

test('eight processes migrate one empty database at the same time', async () => {
  const database = await createDatabase()
  const reference = fileURLToPath(new URL('../migrations/reference', import.meta.url))
  const folders = [ladingMigrations(), reference]
  const ends = await Promise.all(
    Array.from(
      { length: 8 },
      () => harness.worker({ databaseUrl: database.url, task: { name: 'migrate', folders } }).ended,
    ),
  )
  expect(ends.map(({ code }) => code)).toEqual(Array(8).fill(0))
  const { rows } = await database.pool.query('select count(*)::int as users from users')
  expect(rows).toEqual([{ users: 0 }])
  await database.drop()
})
