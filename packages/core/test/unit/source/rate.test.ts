// The rate of a source: measured only while waiting for it, even if it is silent, and not while chunks are processed.
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { watchRate } from '../../../src/engine/source/source-rate.ts'

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] })
})
afterEach(() => {
  vi.useRealTimers()
})

/** 100 bytes per second over 10 seconds: 1,000 bytes per window. */
const rate = { bytesPerSecond: 100, windowSeconds: 10 }

/** A source whose chunks the test pushes. */
function pushed() {
  const waiting: ((result: IteratorResult<Buffer>) => void)[] = []
  const next = () => new Promise<IteratorResult<Buffer>>(resolve => waiting.push(resolve))
  return {
    chunks: { [Symbol.asyncIterator]: () => ({ next }) },
    push: (bytes: number) => waiting.shift()?.({ done: false, value: Buffer.alloc(bytes) }),
  }
}

test('a silent source is reported at the end of the window, and not before', async () => {
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

test('a fast start does not make up for later silence', async () => {
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

test('time in which no chunk is requested does not count', async () => {
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
