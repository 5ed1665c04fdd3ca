// The rate of a reader: measured only while waiting for it, and not while waiting for the source.
import { PassThrough, Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { pacedReader } from '../../../src/engine/source/reader-rate.ts'

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] })
})
afterEach(() => {
  vi.useRealTimers()
})

/** 100,000 bytes in each 10 seconds. */
const rate = { bytesPerSecond: 10_000, windowSeconds: 10 }
const piece = 65_536
const tooSlow = () => new Error('too slow')

function endless(): Readable {
  return new Readable({
    read() {
      this.push(Buffer.alloc(piece))
    },
  })
}

/** Reads a piece at a fixed interval in seconds. Returns the seconds until it was cut off, or undefined. */
async function cutOff(paced: Readable, everySeconds: number, inSeconds: number): Promise<number | undefined> {
  let passed: number | undefined
  let now = 0
  paced.once('error', () => {
    passed = now
  })
  const chunks = paced[Symbol.asyncIterator]()
  await chunks.next()
  for (now = 1; now <= inSeconds && passed === undefined; now++) {
    await vi.advanceTimersByTimeAsync(1_000)
    if (now % everySeconds === 0) await chunks.next().catch(() => undefined)
  }
  return passed
}

test('a reader that takes nothing is cut off at the end of the window, and the source is destroyed', async () => {
  const source = endless()
  const paced = pacedReader(source, rate, tooSlow)
  const broken = vi.fn()
  paced.once('error', broken).read()
  await vi.advanceTimersByTimeAsync(9_990)
  expect([broken.mock.calls.length, source.destroyed]).toEqual([0, false])
  await vi.advanceTimersByTimeAsync(20)
  expect(broken.mock.calls).toEqual([[new Error('too slow')]])
  expect(source.destroyed).toBe(true)
})

test.each([
  ['enough', 5, undefined],
  // Two pieces in the first ten seconds, including one that was ready; one in the next ten.
  ['too little', 9, 20],
])('pieces at intervals, %s: one every %d seconds', async (_, seconds, cut) => {
  const source = endless()
  const paced = pacedReader(source, rate, tooSlow)
  expect(await cutOff(paced, seconds, 100)).toBe(cut)
  paced.destroy()
})

test('a reader that waits for the source is never cut off', async () => {
  const source = new PassThrough()
  const paced = pacedReader(source, rate, tooSlow)
  const chunks = paced[Symbol.asyncIterator]()
  for (let time = 0; time < 20; time++) {
    const next = chunks.next()
    await vi.advanceTimersByTimeAsync(60_000)
    source.write('x')
    expect((await next).value).toEqual(Buffer.from('x'))
  }
  expect(paced.errored).toBeNull()
  paced.destroy()
})

test('a chunk of any size is passed on, and counts as it is read', async () => {
  const bytes = Buffer.from(Array.from({ length: 300_000 }, (_, index) => index % 251))
  const whole = pacedReader(Readable.from([bytes], { objectMode: false }), rate, tooSlow)
  expect(await buffer(whole)).toEqual(bytes)
  const large = Readable.from([Buffer.alloc(1_000_000)], { objectMode: false })
  expect(await cutOff(pacedReader(large, rate, tooSlow), 5, 60)).toBeUndefined()
})

test('an error of the source is passed on, and a reader that leaves destroys the source', async () => {
  const broken = new PassThrough()
  const read = buffer(pacedReader(broken, rate, tooSlow))
  broken.destroy(new Error('broken'))
  await expect(read).rejects.toThrow('broken')
  const source = new PassThrough()
  pacedReader(source, rate, tooSlow).destroy()
  expect(source.destroyed).toBe(true)
})
