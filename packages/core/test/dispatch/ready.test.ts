// Which jobs a worker takes, and when: those that are ready, due and in its lanes, each by one worker.
import pg from 'pg'
import { describe, expect, test } from 'vitest'
import { lanesOf } from '../../src/jobs/store/claim/lanes.ts'
import { dispatchHarness, gate } from '../fixtures/dispatch-harness.ts'

const harness = dispatchHarness()

const poll = <Value>(value: () => Value) => expect.poll(value, { timeout: 20_000, interval: 5 })

test('each job is done once, including those submitted before the worker started', async () => {
  const before = await harness.add(3)
  const worker = harness.worker()
  await poll(() => worker.begun.length).toBe(3)
  const after = await harness.add(3)
  worker.wake('import')
  await poll(() => harness.count('completed')).toBe(6)
  expect(worker.begun).toEqual([...before, ...after])
})

test('a worker that receives no notification polls', async () => {
  const worker = harness.worker({ pollMs: 20 })
  const [first] = await harness.add(1)
  await poll(() => worker.begun).toEqual([first])
  const [second] = await harness.add(1)
  await poll(() => worker.begun).toEqual([first, second])
})

test('a notification for another lane does not cause a poll; one for no lane in particular does', async () => {
  const pool = new pg.Pool({ connectionString: harness.database.url, max: 2 })
  let looks = 0
  pool.on('acquire', () => {
    looks++
  })
  const worker = harness.worker({ lanes: ['export'], pool })
  await poll(() => [looks, pool.totalCount - pool.idleCount]).toEqual([1, 0])
  const [id] = await harness.add(1, { kind: 'export' })
  worker.wake('import')
  const [passing] = await harness.add(1)
  const other = harness.worker()
  await poll(() => other.begun).toEqual([passing])
  expect([looks, worker.begun]).toEqual([1, []])
  worker.wake()
  await poll(() => worker.begun).toEqual([id])
  await harness.stop()
  await pool.end()
})

test('a job is not started before it is due', async () => {
  const [late = ''] = await harness.add(1, { due: "clock_timestamp() + interval '300 ms'" })
  const [now = ''] = await harness.add(1)
  const worker = harness.worker({ pollMs: 20, concurrency: 2 })
  await poll(() => worker.begun).toEqual([now, late])
  const { rows } = await harness.database.pool.query(
    'select claimed_at >= due_at as is_due from lading.jobs where id = $1',
    [late],
  )
  expect(rows).toEqual([{ is_due: true }])
})

test('a job that waits for another one is left alone until that one has ended', async () => {
  const [waiting] = await harness.add(1)
  await harness.database.pool.query('update lading.jobs set waiting = true')
  const [other] = await harness.add(1)
  const worker = harness.worker()
  await poll(() => harness.count('completed')).toBe(1)
  expect(worker.begun).toEqual([other])
  await harness.database.pool.query('update lading.jobs set waiting = false')
  worker.wake()
  await poll(() => worker.begun).toEqual([other, waiting])
})

test('jobs of one key are started in roughly the order in which they became due', async () => {
  const ids = await harness.add(40)
  const worker = harness.worker({ concurrency: 3 })
  await poll(() => worker.begun.length).toBe(40)
  for (const [place, id] of ids.entries()) {
    expect(Math.abs(worker.begun.indexOf(id) - place)).toBeLessThanOrEqual(3)
  }
})

test('as many jobs run as the concurrency allows, and never more', async () => {
  await harness.add(30)
  let running = 0
  let most = 0
  let waiting: (() => void)[] = []
  const worker = harness.worker({ concurrency: 3 }, async () => {
    most = Math.max(most, ++running)
    await new Promise<void>(resolve => waiting.push(resolve))
    running--
  })
  await poll(() => running).toBe(3)
  await poll(() => {
    const going = waiting
    waiting = []
    for (const go of going) go()
    return worker.begun.length === 30 && running === 0
  }).toBe(true)
  expect(most).toBe(3)
})

test('workers of several processes share the jobs, and none is done twice', async () => {
  const ids = await harness.add(60)
  const { opened, open } = gate()
  const workers = [1, 2, 3].map(() => harness.worker({ concurrency: 4 }, () => opened))
  await poll(() => workers.map(({ begun }) => begun.length)).toEqual([4, 4, 4])
  open()
  await poll(() => harness.count('completed')).toBe(60)
  expect(workers.flatMap(({ begun }) => begun).sort()).toEqual(ids.sort())
  const { rows } = await harness.database.pool.query('select distinct token::int, attempts from lading.jobs')
  expect(rows).toEqual([{ token: 1, attempts: 1 }])
})

test.each([0, -1, 1.5, Number.NaN])('a concurrency of %d is rejected', async concurrency => {
  await expect(harness.worker({ concurrency }).ended).rejects.toMatchObject({ code: 'CONFIG_INVALID' })
  await expect(harness.worker({ concurrencyPerKey: concurrency }).ended).rejects.toMatchObject({
    code: 'CONFIG_INVALID',
  })
})

describe('lanes', () => {
  test('each storage has its own jobs, and jobs without a storage are for all workers', async () => {
    const ofOne = await harness.add(3, { storage: 'one' })
    const ofOther = await harness.add(2, { storage: 'other' })
    const one = harness.worker({ lanes: lanesOf('import', 'one'), concurrency: 2 })
    await poll(() => one.begun.length).toBe(3)
    await one.stop()
    const nameless = harness.worker({ lanes: lanesOf('import', undefined) })
    const [forAll] = await harness.add(1)
    nameless.wake()
    await poll(() => nameless.begun).toEqual([forAll])
    await nameless.stop()
    const [second = ''] = await harness.add(1)
    const other = harness.worker({ lanes: lanesOf('import', 'other') })
    await poll(() => other.begun.length).toBe(3)
    expect([...one.begun].sort()).toEqual(ofOne.sort())
    expect([...other.begun].sort()).toEqual([...ofOther, second].sort())
  })

  test('a backlog for a storage without workers delays no other job', async () => {
    await harness.add(100, { storage: 'gone' })
    const ids = await harness.add(5, { storage: 'mine' })
    const mine = harness.worker({ lanes: lanesOf('import', 'mine'), concurrency: 2 })
    await poll(() => mine.begun.length).toBe(5)
    expect([...mine.begun].sort()).toEqual(ids.sort())
    expect(await harness.count('pending')).toBe(100)
  })

  test('jobs of both lanes of a worker take turns', async () => {
    await harness.add(5, { storage: 'mine' })
    const shared = await harness.add(1)
    const worker = harness.worker({ lanes: lanesOf('import', 'mine') })
    await poll(() => worker.begun.length).toBe(6)
    expect(shared.map(id => worker.begun.indexOf(id))[0]).toBeLessThanOrEqual(1)
  })

  test('imports, exports and remote files have separate lanes', async () => {
    const [importId] = await harness.add(1)
    const [exportId] = await harness.add(1, { kind: 'export' })
    const [fetchId] = await harness.add(1)
    await harness.database.pool.query('update lading.jobs set source_key = null where id = $1', [fetchId])
    for (const [kind, id] of [
      ['fetch', fetchId],
      ['export', exportId],
      ['import', importId],
    ] as const) {
      const worker = harness.worker({ lanes: lanesOf(kind, 'mine') })
      await poll(() => worker.begun).toEqual([id])
    }
    await poll(() => harness.count('completed')).toBe(3)
  })
})
