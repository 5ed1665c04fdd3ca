// prefetch: the same items in the same order, requested in advance; the source is closed on every exit.
import { setImmediate } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { prefetch } from '../../../src/util/prefetch.ts'

/** Numbers from 0, and the state of the source. */
function counter(count: number, failAt?: number) {
  const log = { asked: 0, closed: 0 }
  async function* source() {
    try {
      for (let number = 0; number < count; number++) {
        log.asked++
        await setImmediate()
        if (number === failAt) throw new Error(`broken at ${number}`)
        yield number
      }
    } finally {
      log.closed++
    }
  }
  return { source: source(), log }
}

async function take<T>(items: AsyncIterable<T>, into: T[]): Promise<void> {
  for await (const item of items) into.push(item)
}

describe.each([1, 2, 5, 100])('%d ahead', ahead => {
  test.each([0, 1, 2, 7])('%d items come in order, and the source is closed', async count => {
    const { source, log } = counter(count)
    const taken: number[] = []
    await take(prefetch(source, ahead), taken)
    expect(taken).toEqual([0, 1, 2, 3, 4, 5, 6].slice(0, count))
    expect(log).toEqual({ asked: count, closed: 1 })
  })

  test.each([0, 1, 3])('an error at item %d comes after the items before it', async failAt => {
    const { source, log } = counter(5, failAt)
    const taken: number[] = []
    await expect(take(prefetch(source, ahead), taken)).rejects.toThrow(`broken at ${failAt}`)
    expect(taken).toEqual([0, 1, 2].slice(0, failAt))
    expect(log.closed).toBe(1)
  })

  test('a consumer that stops closes the source', async () => {
    const { source, log } = counter(1000)
    for await (const item of prefetch(source, ahead)) if (item === 2) break
    expect(log.closed).toBe(1)
    expect(log.asked).toBeLessThanOrEqual(3 + ahead)
  })

  test('a consumer that throws closes the source', async () => {
    const { source, log } = counter(1000)
    const consume = async () => {
      for await (const _ of prefetch(source, ahead)) throw new Error('full')
    }
    await expect(consume()).rejects.toThrow('full')
    expect(log.closed).toBe(1)
  })

  test('no more items are requested than that', async () => {
    const { source, log } = counter(1000)
    let taken = 0
    for await (const _ of prefetch(source, ahead)) {
      taken++
      for (let turns = 0; turns < 150; turns++) await setImmediate()
      expect(log.asked).toBe(taken + ahead)
      if (taken === 3) break
    }
  })
})

test('items are requested in advance', async () => {
  const { source, log } = counter(10)
  const items = prefetch(source, 2)
  await items.next()
  for (let turns = 0; turns < 10; turns++) await setImmediate()
  expect(log.asked).toBe(3)
  await items.return(undefined)
})

test('an error after the consumer stopped is not an unhandled rejection', async () => {
  const { source } = counter(5, 1)
  const items = prefetch(source, 4)
  expect(await items.next()).toEqual({ done: false, value: 0 })
  for (let turns = 0; turns < 20; turns++) await setImmediate()
  await items.return(undefined)
})

test('a source that was never read is not started', async () => {
  const { source, log } = counter(5)
  await prefetch(source, 2).return(undefined)
  expect(log).toEqual({ asked: 0, closed: 0 })
})
