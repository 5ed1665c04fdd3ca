// Whose turn it is: a flood of one tenant or resource is met one by one with the jobs of others.
import { describe, expect, test } from 'vitest'
import { createFairness } from '../../src/jobs/dispatch/fairness.ts'
import { dispatchHarness, gate } from '../fixtures/dispatch-harness.ts'

const harness = dispatchHarness()

const poll = <Value>(value: () => Value) => expect.poll(value, { timeout: 20_000, interval: 5 })

/** A worker whose jobs end one by one, when the test says so. */
function stepwise(options: Parameters<typeof harness.worker>[0] = {}) {
  const steps = new Map<string, () => void>()
  const worker = harness.worker(options, (id, signal) =>
    signal.aborted ? undefined : new Promise<void>(resolve => steps.set(id, resolve)),
  )
  return {
    ...worker,
    /** Ends a running job, by default the one that was started first. */
    end(id = [...steps.keys()][0] ?? '') {
      steps.get(id)?.()
      steps.delete(id)
    },
    async stop() {
      worker.abort()
      for (const end of steps.values()) end()
      await worker.ended
    },
  }
}

test('every tenant is served before any is served twice', async () => {
  const tenants = Array.from({ length: 20 }, (_, index) => `tenant-${index}`)
  for (const tenant of tenants) await harness.add(3, { tenant })
  // In step: the turn of a tenant passes while it still has a job, so one slow job could move it to the next round.
  const waiting: (() => void)[] = []
  const inStep = () =>
    new Promise<void>(resolve => {
      waiting.push(resolve)
      if (waiting.length === 4) for (const go of waiting.splice(0)) go()
    })
  const worker = harness.worker({ concurrency: 4 }, inStep)
  await poll(() => worker.begun.length).toBe(60)
  for (const round of [0, 20, 40]) {
    const served = worker.rows.slice(round, round + 20).map(({ tenant }) => tenant)
    expect([...served].sort(), `round from ${round}`).toEqual([...tenants].sort())
  }
})

test('a flood does not delay a tenant that arrives later by more than one job', async () => {
  await harness.add(100, { tenant: 'flood' })
  const worker = stepwise()
  await poll(() => worker.begun.length).toBe(1)
  const rare = await harness.add(3, { tenant: 'rare' })
  for (let count = 2; count <= 7; count++) {
    worker.end()
    await poll(() => worker.begun.length).toBe(count)
  }
  expect(worker.rows.map(({ tenant }) => tenant)).toEqual('flood rare flood rare flood rare flood'.split(' '))
  expect(rare.every(id => worker.begun.includes(id))).toBe(true)
  await worker.stop()
})

test('resources of one tenant take turns too', async () => {
  await harness.add(10, { tenant: 'acme', resource: 'articles' })
  const rare = await harness.add(1, { tenant: 'acme', resource: 'users' })
  const worker = harness.worker()
  await poll(() => worker.begun.length).toBe(11)
  expect(rare.map(id => worker.begun.indexOf(id))[0]).toBeLessThanOrEqual(1)
})

test('free slots go to keys that have none first, and only then to one that has many', async () => {
  await harness.add(20, { resource: 'flood' })
  const rare = await harness.add(2, { resource: 'rare' })
  const { opened, open } = gate()
  const worker = harness.worker({ concurrency: 4 }, () => opened)
  await poll(() => worker.begun.length).toBe(4)
  expect(new Set(rare.filter(id => worker.begun.includes(id)))).toEqual(new Set(rare))
  open()
})

test('long jobs of a flood do not fill the slots while other tenants have jobs', async () => {
  await harness.add(20, { resource: 'flood' })
  await harness.add(20, { resource: 'swift' })
  const worker = stepwise({ concurrency: 4 })
  await poll(() => worker.begun.length).toBe(4)
  // Only the swift ones end.
  const swift = () => worker.rows.filter(({ resource }) => resource === 'swift').map(({ id }) => id)
  for (let count = 0; count < 10; count++) {
    worker.end(swift()[count])
    await poll(() => worker.begun.length).toBe(5 + count)
  }
  expect(worker.rows.filter(({ resource }) => resource === 'flood')).toHaveLength(2)
  await worker.stop()
})

test('no key runs more jobs than allowed, so that others find a free slot', async () => {
  const flood = await harness.add(20, { resource: 'flood' })
  const { opened, open } = gate()
  const worker = harness.worker({ concurrency: 4, concurrencyPerKey: 3 }, () => opened)
  await poll(() => worker.begun.length).toBe(3)
  const rare = await harness.add(2, { resource: 'rare' })
  worker.wake()
  await poll(() => worker.begun.length).toBe(4)
  expect(worker.rows.map(({ resource }) => resource)).toEqual(['flood', 'flood', 'flood', 'rare'])
  open()
  // The end of a job frees a slot for the next one of its key, without a notification.
  await poll(() => worker.begun.length).toBe(22)
  expect([...worker.begun].sort()).toEqual([...flood, ...rare].sort())
})

test.each([1, 2])('lanes take turns too, and each has its own round-robin: %i slots', async concurrency => {
  const started = gate()
  for (const tenant of ['a', 'm', 'q']) await harness.add(20, { tenant })
  await harness.add(20, { tenant: 'z', storage: 'P' })
  const worker = harness.worker({ lanes: ['import', 'import P'], concurrency }, () => started.opened)
  started.open()
  await poll(() => worker.begun.length).toBe(80)
  const early = worker.rows.slice(0, 40).map(({ tenant }) => tenant)
  for (const tenant of ['a', 'm', 'q', 'z']) {
    expect(early.filter(served => served === tenant).length, tenant).toBeGreaterThanOrEqual(6)
  }
})

describe('turns', () => {
  const inLane = (keys: readonly string[]) => keys.map(fairness_key => ({ lane: 'import', fairness_key }))

  test('the round-robin continues after the key that was served last, and starts again at its end', () => {
    const fairness = createFairness()
    const served = (keys: string[]) => {
      fairness.begin(fairness.turn(), inLane(keys))
      for (const key of keys) fairness.end(key)
      return fairness.turn().after.get('import')
    }
    expect(fairness.turn().after.get('import')).toBeUndefined()
    expect(served(['b', 'd'])).toBe('d')
    expect(served(['e', 'a'])).toBe('a')
    expect(served([])).toBe('a')
    expect(served(['b', 'a'])).toBe('a')
    expect(served(['c', 'd', 'b', 'a'])).toBe('a')
  })

  test('keys compare as PostgreSQL compares them, by bytes', () => {
    const fairness = createFairness()
    // U+FF5E sorts after U+1F600 in UTF-16, and before it in UTF-8.
    fairness.begin(fairness.turn(), inLane(['\u{ff5e}', '\u{1f600}']))
    expect(fairness.turn().after.get('import')).toBe('\u{1f600}')
  })

  test('keys with running jobs are ordered by their number, then by who was served longest ago', () => {
    const fairness = createFairness(3)
    for (const keys of [['a', 'b', 'c'], ['b'], ['a'], ['c'], ['c']]) {
      fairness.begin(fairness.turn(), inLane(keys))
    }
    expect(fairness.turn()).toEqual({
      after: new Map([['import', 'c']]),
      running: ['a', 'b', 'c'],
      next: ['b', 'a'],
    })
    fairness.end('c')
    expect(fairness.turn().next).toEqual(['b', 'a', 'c'])
    for (const key of ['b', 'b']) fairness.end(key)
    expect(fairness.turn().running).toEqual(['a', 'c'])
  })
})
