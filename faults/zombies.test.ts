// F6, F7, F10, F12, F27: workers that are wrongly considered dead, races for one job, wrong clocks, busy loops.
import { writeFile } from 'node:fs/promises'
import { expect, onTestFinished, test } from 'vitest'
import { fairClock } from '../test-support/fair-clock.ts'
import { faultHarness } from './support/harness.ts'
import { ask, idleProcess, type LoopDelay } from './support/watched.ts'

const harness = faultHarness()

/** The first record that is rejected is the 50th: keys of errors and rejects would keep a batch with some from being doubled. */
const cleanRows = 40

test('a worker frozen before a batch and resumed after a takeover writes nothing more', async () => {
  const id = await harness.submit()
  const zombie = harness.worker({ batchRows: cleanRows, failpoint: 'before_begin:1:SIGSTOP' })
  await zombie.reported('fired')
  expect(await harness.status(id)).toMatchObject({ status: 'processing', row: 0 })
  // Frozen too, so that the zombie resumes while its successor holds the job.
  const successor = harness.worker({ batchRows: cleanRows, failpoint: 'before_begin:4:SIGSTOP' })
  await successor.reported('fired')
  const held = { status: 'processing', token: 2, row: 1 + 3 * cleanRows }
  expect(await harness.status(id)).toMatchObject(held)
  await harness.pool.query(
    "update lading.jobs set lease_until = clock_timestamp() + interval '1 hour' where id = $1",
    [id],
  )
  zombie.send('SIGCONT')
  // It recovers: the process ends in order when it is stopped.
  zombie.send('SIGTERM')
  expect(await zombie.ended).toMatchObject({ code: 0 })
  expect(await harness.status(id)).toMatchObject(held)
  successor.send('SIGCONT')
  await harness.expectExact(id)
})

test('a worker frozen inside a transaction holds the job no longer than its lease', async () => {
  const id = await harness.submit()
  const zombie = harness.worker({ failpoint: 'before_commit:3:SIGSTOP' })
  await zombie.reported('fired')
  expect(await harness.status(id)).toMatchObject({ status: 'processing', row: 2_001 })
  const successor = harness.worker()
  await successor.reported('ready')
  const running = fairClock()
  await expect.poll(async () => (await harness.status(id)).token).toBe(2)
  // The lease, the limit of an idle transaction, which is as long, and the pause between two deliveries.
  expect(running()).toBeLessThan(2 * 600 + 2_500)
  await successor.reported('ended')
  zombie.send('SIGCONT')
  await harness.expectExact(id)
})

test('a worker frozen during a COPY, which no server timeout ends, is ended by the worker that takes over', async () => {
  const id = await harness.submit()
  const zombie = harness.worker({ failpoint: 'mid_copy:3:SIGSTOP' })
  await zombie.reported('fired')
  expect(await harness.status(id)).toMatchObject({ status: 'processing', row: 2_001, token: 1 })
  const successor = harness.worker()
  await successor.reported('ready')
  const running = fairClock()
  await expect.poll(async () => (await harness.status(id)).token).toBe(2)
  expect(running()).toBeLessThan(600 + 5_000)
  await successor.reported('ended')
  const done = await harness.status(id)
  zombie.send('SIGCONT')
  // It recovers, reports nothing more of the job, and ends in order when it is stopped.
  await harness.expectExact(id)
  expect(await zombie.ended).toMatchObject({ code: 0 })
  expect(await harness.status(id)).toEqual(done)
})

test('a session of another program that locks the row of a job is not terminated, even after the lease has expired', async () => {
  const id = await harness.submit()
  const first = harness.worker({ failpoint: 'before_begin:3' })
  await first.reported('fired')
  await first.ended
  const otherSession = await harness.pool.connect()
  try {
    await otherSession.query('begin')
    await otherSession.query('select from lading.jobs where id = $1 for update', [id])
    harness.worker()
    // The second of them is rescued by a run after one that has seen the held row.
    for (let count = 0; count < 2; count++) await harness.ended(await lostExport())
    expect(await harness.status(id)).toMatchObject({ status: 'processing', token: 1 })
    expect((await otherSession.query('select 1 as one')).rows).toEqual([{ one: 1 }])
    await otherSession.query('rollback')
  } finally {
    otherSession.release()
  }
  await harness.expectExact(id, { files: 3 })
})

/** An export whose worker has died. */
async function lostExport(): Promise<string> {
  const { rows } = await harness.pool.query(
    `insert into lading.jobs (id, kind, resource, format, status, token, worker, lease_until)
    values (gen_random_uuid(), 'export', 'cargo', 'csv', 'processing', 1, 'dead', clock_timestamp() - interval '1 s')
    returning id`,
  )
  return rows[0].id
}

test('a batch that takes longer than the lease is not terminated, because its worker is alive', async () => {
  // A sequence also counts rolled back rows.
  await harness.pool.query(`
    create sequence dawdled;
    create function dawdle() returns trigger language plpgsql as $$ begin
      if (select count(*) from cargo) = 1960 then
        perform nextval('dawdled');
        perform pg_advisory_xact_lock(42);
      end if;
      return null; end $$;
    create trigger dawdling before insert on cargo execute function dawdle()`)
  const keeper = await harness.pool.connect()
  await keeper.query('select pg_advisory_lock(42)')
  const id = await harness.submit()
  try {
    // While the other one starts, which may take long, no byte comes to the batch.
    harness.worker({ leaseSeconds: 0.3, patienceSeconds: 120 })
    await harness.reached(id, 2_001)
    const other = harness.worker({ leaseSeconds: 0.3 })
    await other.reported('ready')
    // The rescue finds the lease over and the row held, and sees that the batch is alive.
    const looked = async () =>
      (
        await harness.pool.query(
          `select from lading.jobs where status = 'processing' and lease_until < clock_timestamp() - interval '3 s'`,
        )
      ).rowCount
    await expect.poll(looked, { timeout: 20_000 }).toBe(1)
    await keeper.query('select pg_advisory_unlock(42)')
  } finally {
    keeper.release()
  }
  await harness.expectExact(id)
  expect((await harness.pool.query('select last_value::int as times from dawdled')).rows).toEqual([
    { times: 1 },
  ])
})

test('of eight workers that race for one job, one gets it', async () => {
  const workers = Array.from({ length: 8 }, () => harness.worker({ leaseSeconds: 30, poolSize: 5 }))
  await Promise.all(workers.map(worker => worker.reported('ready')))
  const id = await harness.submit()
  // Notified repeatedly, as a queue may do.
  await expect
    .poll(
      async () => {
        await harness.pool.query(`select pg_notify('lading_jobs', lane) from lading.jobs`)
        return (await harness.status(id)).status
      },
      { timeout: 60_000 },
    )
    .toBe('completed')
  expect(await harness.status(id)).toMatchObject({ token: 1, attempts: 1 })
  await expect.poll(() => workers.filter(worker => worker.has('ended'))).toHaveLength(1)
  await harness.expectExact(id)
})

test.each([3_600_000, -3_600_000])('a clock that is wrong by %i ms and jumps has no effect', async skewMs => {
  const id = await harness.submit()
  const first = harness.worker({ failpoint: 'after_copy:5' }, { skewMs })
  await first.reported('fired')
  await first.ended
  const second = harness.worker({}, { skewMs: -skewMs })
  await second.reported('ended')
  expect(await harness.status(id)).toMatchObject({ status: 'completed', token: 2 })
  await harness.expectExact(id)
})

test('a hook that blocks the event loop for longer than the lease causes no double writes', async () => {
  const id = await harness.submit()
  const file = `${harness.file}.over`
  const busy = harness.worker({ block: { atRecord: 9_000, untilThereIs: file } })
  await harness.reached(id, 2_001)
  harness.worker()
  await expect.poll(async () => (await harness.status(id)).token).toBe(2)
  await writeFile(file, '')
  await harness.ended(id)
  await harness.expectExact(id)
  expect((await busy.ended).code).toBe(0)
})

test('an import does not starve the event loop: timers fire, and the lease is renewed', async () => {
  const idle = await idleProcess('starved')
  onTestFinished(() => void idle.kill())
  const id = await harness.submit()
  const worker = harness.worker()
  await harness.expectExact(id)
  const done = await worker.reported('done')
  expect(done.beats).toBeGreaterThan(10)
  // A lease: its heart beats three times in it. On a machine that does nothing else, it is less than a tenth of it.
  const machine = await ask<LoopDelay>(idle, 'starved')
  expect(done.maxDelayMs).toBeLessThan(600 + machine.maxMs)
})
