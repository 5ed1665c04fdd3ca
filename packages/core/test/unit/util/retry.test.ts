import { expect, test, vi } from 'vitest'
import { retry } from '../../../src/util/retry.ts'

const failing = (times: number) => {
  let calls = 0
  return async () => {
    if (++calls <= times) throw new Error(`attempt ${calls}`)
    return calls
  }
}

test('retries until the action succeeds, and reports each failure', async () => {
  const onFailure = vi.fn()
  expect(await retry(failing(2), { forMs: 5_000, onFailure })).toBe(3)
  expect(onFailure.mock.calls.map(([error]) => error.message)).toEqual(['attempt 1', 'attempt 2'])
})

test('throws the last error when the time is over', async () => {
  await expect(retry(failing(100), { forMs: 149 })).rejects.toThrow('attempt 2')
})

test('makes one more attempt after the signal aborts, without a pause', async () => {
  const stop = new AbortController()
  await expect(
    retry(failing(100), { forMs: 60_000, signal: stop.signal, onFailure: () => stop.abort() }),
  ).rejects.toThrow('attempt 2')
})
