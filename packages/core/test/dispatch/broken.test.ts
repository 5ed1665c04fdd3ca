// Workers that stop, die, freeze or lose the database: their jobs continue elsewhere, and only one worker may end them.
import pg from 'pg'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { dispatchHarness, gate, untilAsked } from '../fixtures/dispatch-harness.ts'
import { losingFirstClaim } from '../fixtures/losing-answers.ts'

const harness = dispatchHarness({ freshDatabase: true })
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
const rows = async (sql: string, values: unknown[] = []) =>
  (await harness.database.pool.query(sql, values)).rows

/** What a worker leaves that died: its lease runs out. */
const expire = () =>
  rows(`update lading.jobs set lease_until = clock_timestamp() where status = 'processing'`)

test('a worker that is stopped signals its jobs, waits for them, and starts no more', async () => {
  await harness.add(3)
  const { opened, open } = gate()
  let wasAsked = false
  let hasEnded = false
  const worker = harness.worker({}, async (_, signal) => {
    signal.addEventListener('abort', () => {
      wasAsked = true
    })
    await opened
  })
  const ended = worker.ended.then(() => {
    hasEnded = true
  })
  await poll(() => worker.begun.length).toBe(1)
  worker.abort()
  await poll(() => wasAsked).toBe(true)
  // A question to the database takes longer than an early end would.
  expect(await harness.count('processing')).toBe(1)
  expect(hasEnded).toBe(false)
  open()
  await ended
  expect([worker.begun.length, await harness.count('completed'), await harness.count('pending')]).toEqual([
    1, 1, 2,
  ])
})

test('a released job keeps its place, and the attempt does not count', async () => {
  const [first] = await harness.add(3)
  const one = harness.worker({}, untilAsked)
  await poll(() => one.begun).toEqual([first])
  await one.stop()
  const other = harness.worker()
  await poll(() => other.begun.length).toBe(3)
  expect(other.begun[0]).toBe(first)
  expect(await rows('select token::int, attempts from lading.jobs where id = $1', [first])).toEqual([
    { token: 2, attempts: 1 },
  ])
})

test('an interrupt stops one job, and no other', async () => {
  const [one = '', other = ''] = await harness.add(2)
  const { opened, open } = gate()
  let isDisturbed = false
  const worker = harness.worker({ concurrency: 2 }, (id, signal) => {
    if (id === one) return untilAsked(id, signal)
    signal.addEventListener('abort', () => {
      isDisturbed = true
    })
    return opened
  })
  await poll(() => worker.begun.length).toBe(2)
  worker.interrupt('00000000-0000-4000-8000-000000000000')
  worker.interrupt(one)
  // Released, it is claimed again at once, since it was not cancelled.
  await poll(() => worker.begun).toEqual([one, other, one])
  expect(isDisturbed).toBe(false)
  open()
})

test('a job of a dead worker is done by another worker, and the dead one can no longer end it', async () => {
  const [id = ''] = await harness.add(1)
  const { opened, open } = gate()
  const dead = harness.worker({}, () => opened)
  await poll(() => dead.begun.length).toBe(1)
  await expire()
  await harness.rescue()
  expect(await harness.statusOf(id)).toBe('pending')
  const again = gate()
  const other = harness.worker({}, () => again.opened)
  await poll(() => other.begun).toEqual([id])
  open()
  await dead.stop()
  expect(await harness.statusOf(id)).toBe('processing')
  again.open()
  await poll(() => harness.statusOf(id)).toBe('completed')
  expect(await rows('select token::int, worker is not null as has_worker from lading.jobs')).toEqual([
    { token: 2, has_worker: true },
  ])
})

test('a job that was rescued but not yet claimed cannot be ended by its old worker either', async () => {
  const [id = ''] = await harness.add(1)
  const { opened, open } = gate()
  const frozen = harness.worker({}, () => opened)
  await poll(() => frozen.begun.length).toBe(1)
  await expire()
  await harness.rescue()
  open()
  await frozen.stop()
  expect(await harness.statusOf(id)).toBe('pending')
})

test('a claim whose response was lost is released, and does not count', async () => {
  const ids = await harness.add(2)
  const worker = harness.worker({ pool: losingFirstClaim(pool) })
  await poll(() => harness.count('completed')).toBe(2)
  expect([...worker.begun].sort()).toEqual(ids.sort())
  expect(worker.errors).toMatchObject([{ code: 'DATABASE_UNAVAILABLE' }])
  expect(await rows('select token::int, attempts from lading.jobs order by token')).toEqual([
    { token: 1, attempts: 1 },
    { token: 2, attempts: 1 },
  ])
})

test('only jobs that this worker does not run are released: its other jobs, and those of other workers, are left alone', async () => {
  const { opened, open } = gate()
  await harness.add(2)
  const other = harness.worker({}, () => opened)
  await poll(() => other.begun.length).toBe(1)
  let isAway = false
  const connect = pool.connect.bind(pool) as () => Promise<pg.PoolClient>
  const shaky = {
    options: pool.options,
    connect: () => (isAway ? Promise.reject(new Error('connect ECONNREFUSED')) : connect()),
  }
  const worker = harness.worker(
    { pool: shaky as unknown as pg.Pool, concurrency: 2, pollMs: 10 },
    () => opened,
  )
  await poll(() => worker.begun.length).toBe(1)
  isAway = true
  await poll(() => worker.errors.length).toBeGreaterThan(2)
  isAway = false
  const [last] = await harness.add(1)
  await poll(() => worker.begun[1]).toBe(last)
  expect(await rows('select distinct status, token::int from lading.jobs')).toEqual([
    { status: 'processing', token: 1 },
  ])
  open()
  await poll(() => harness.count('completed')).toBe(3)
})

test('a database without the tables is reported at the first poll', async () => {
  await rows('drop schema lading cascade')
  await expect(harness.worker().ended).rejects.toMatchObject({
    code: 'DATABASE_REFUSED',
    message: expect.stringContaining('run the migrations'),
  })
})

test('a worker that waits for a connection ends when its signal aborts', async () => {
  const clients = await Promise.all([1, 2, 3, 4].map(() => pool.connect()))
  const worker = harness.worker({ pool })
  await poll(() => pool.waitingCount).toBe(1)
  await worker.stop()
  for (const client of clients) client.release()
})

test('a claim without a response is given up, and the worker continues', async () => {
  const holder = await harness.database.pool.connect()
  await holder.query('begin; lock table lading.jobs')
  const worker = harness.worker({ pool, pollMs: 20 })
  await expect
    .poll(() => worker.errors, { timeout: 20_000 })
    .toMatchObject([{ code: 'DATABASE_UNAVAILABLE' }])
  // It ended on the server too, so it claims nothing later.
  const blocked = `select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock' and pid <> pg_backend_pid()`
  expect((await holder.query(blocked)).rowCount).toBe(0)
  await holder.query('rollback')
  holder.release()
  const [id] = await harness.add(1)
  await poll(() => worker.begun).toEqual([id])
})

test('a job that the same worker claims again waits for the attempt that still runs there', async () => {
  const [id] = await harness.add(1)
  const { opened, open } = gate()
  const worker = harness.worker({ concurrency: 2, pollMs: 5 }, () => opened)
  await poll(() => worker.begun.length).toBe(1)
  // Cancelled and retried while its first attempt winds down.
  await rows(`update lading.jobs set status = 'pending', lease_until = null, worker = null`)
  await poll(async () => (await rows('select token::int from lading.jobs'))[0]?.token).toBe(2)
  expect(worker.begun).toEqual([id])
  open()
  await poll(() => worker.begun).toEqual([id, id])
  await poll(() => harness.statusOf(String(id))).toBe('completed')
  await worker.stop()
})

test('a claim whose response was lost during shutdown is released', async () => {
  const [id] = await harness.add(1)
  const ending = new AbortController()
  const worker = harness.worker({
    pool: losingFirstClaim(pool, () => ending.abort()),
    signal: ending.signal,
  })
  await worker.ended
  expect(worker.begun).toEqual([])
  expect(await rows('select status, attempts from lading.jobs where id = $1', [id])).toEqual([
    { status: 'pending', attempts: 0 },
  ])
})
