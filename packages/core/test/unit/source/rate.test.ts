// The rate of a source is that of its own time: judged while it is waited for, also when it is silent, and not while nobody asks.
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { watchRate } from '../../../src/engine/source/source-rate.ts'

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] })
})
afterEach(() => {
  vi.useRealTimers()
})

/** 100 bytes a second over 10 seconds: 1,000 bytes in each. */
const rate = { bytesPerSecond: 100, seconds: 10 }

/** A source whose chunks come when the test says so. */
function pushed() {
  const waiting: ((result: IteratorResult<Buffer>) => void)[] = []
  const next = () => new Promise<IteratorResult<Buffer>>(resolve => waiting.push(resolve))
  return {
    chunks: { [Symbol.asyncIterator]: () => ({ next }) },
    push: (bytes: number) => waiting.shift()?.({ done: false, value: Buffer.alloc(bytes) }),
  }
}

test('a silent source is told of when the time is over, and not before', async () => {
  const onSlow = vi.fn()
  void watchRate(pushed().chunks, rate, onSlow).next()
  await vi.advanceTimersByTimeAsync(9_999)
  expect(onSlow).not.toHaveBeenCalled()
  await vi.advanceTimersByTimeAsync(1)
  expect(onSlow).toHaveBeenCalledTimes(1)
})

test.each([
  ['just enough', 100, 0],
  ['a little less', 99, 1],
])('%s, byte by byte', async (_, bytes, times) => {
  const onSlow = vi.fn()
  const { chunks, push } = pushed()
  const watched = watchRate(chunks, rate, onSlow)
  for (let second = 1; second <= 10; second++) {
    const next = watched.next()
    await vi.advanceTimersByTimeAsync(second === 10 ? 500 : 1_000)
    push(bytes)
    await next
  }
  void watched.next()
  await vi.advanceTimersByTimeAsync(500)
  expect(onSlow).toHaveBeenCalledTimes(times)
})

test('what came fast at first does not make up for silence later', async () => {
  const onSlow = vi.fn()
  const { chunks, push } = pushed()
  const watched = watchRate(chunks, rate, onSlow)
  const first = watched.next()
  await vi.advanceTimersByTimeAsync(1_000)
  push(1_000_000)
  await first
  void watched.next()
  await vi.advanceTimersByTimeAsync(9_000)
  expect(onSlow).not.toHaveBeenCalled()
  await vi.advanceTimersByTimeAsync(10_000)
  expect(onSlow).toHaveBeenCalledTimes(1)
})

test('time in which nobody asks is not that of the source', async () => {
  const onSlow = vi.fn()
  const { chunks, push } = pushed()
  const watched = watchRate(chunks, rate, onSlow)
  for (let count = 0; count < 5; count++) {
    const next = watched.next()
    push(1)
    await next
    await vi.advanceTimersByTimeAsync(60_000)
  }
  expect(onSlow).not.toHaveBeenCalled()
})
