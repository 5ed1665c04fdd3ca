// lossyNumbers: which numbers of a JSON text change when parsed.
import { expect, test } from 'vitest'
import { holdsAny, lossyNumbers } from '../../../src/engine/value/number/lossy-numbers.ts'

test.each([
  '{"a":0.1,"b":12345678901234.5}',
  '{"a":1e21,"b":100000000000000000000,"c":0.00000000000000000001}',
  '{"a":1.50000000000000000000000}',
  '{"a":"0.1000000000000000055","b":"\\"0.1000000000000000055"}',
  '{"a":-0.0000000000000000000}',
])('%s holds no lossy number', json => {
  expect(lossyNumbers(json)).toBeUndefined()
})

test.each([
  ['{"a":0.1000000000000000055}', 0.1],
  ['{"a":12345678901234567890}', 12345678901234567000],
  ['{"a":[1,{"b":3.14159265358979323846}]}', Math.PI],
  ['{"a":-9007199254740993}', -9007199254740992],
  ['{"a":1.00000000000000000001e5}', 100000],
])('%s holds a lossy number', (json, parsed) => {
  expect([...(lossyNumbers(json) ?? [])]).toEqual([parsed])
  expect(holdsAny(JSON.parse(json), new Set([parsed]))).toBe(true)
  expect(holdsAny({ other: 'a', list: [0.5] }, new Set([parsed]))).toBe(false)
})

test('a long text of quotes and digits is read once', () => {
  const json = `{"a":"${'\\"1'.repeat(200_000)}","b":${'1'.repeat(200_000)}}`
  const before = process.cpuUsage()
  expect(lossyNumbers(json)?.size).toBe(1)
  expect(process.cpuUsage(before).user / 1_000).toBeLessThan(2_000)
})
