// Ranges of a file of ten bytes, as RFC 9110 has them.
import { expect, test } from 'vitest'
import { matchesIfRange, readRange } from '../../../../src/http/response/byte-range.ts'

test.each([
  [undefined, 'whole'],
  ['bytes=0-3', { start: 0, end: 4 }],
  ['bytes=9-9', { start: 9, end: 10 }],
  ['bytes=2-', { start: 2, end: 10 }],
  ['bytes=2-99', { start: 2, end: 10 }],
  ['bytes=0-99999999999999999999999', { start: 0, end: 10 }],
  ['bytes=-3', { start: 7, end: 10 }],
  ['bytes=-10', { start: 0, end: 10 }],
  ['bytes=-99', { start: 0, end: 10 }],
  ['Bytes=0-0', { start: 0, end: 1 }],
  ['bytes= 1-2 ', { start: 1, end: 3 }],
  ['bytes=10-', 'unsatisfiable'],
  ['bytes=10-20', 'unsatisfiable'],
  ['bytes=99999999999999999999999-', 'unsatisfiable'],
  ['bytes=-0', 'unsatisfiable'],
  ['bytes=0-1,4-5', 'whole'],
  ['bytes=5-2', 'whole'],
  ['bytes=', 'whole'],
  ['bytes=-', 'whole'],
  ['bytes=a-b', 'whole'],
  ['bytes=1.5-3', 'whole'],
  ['bytes=+1-3', 'whole'],
  ['bytes=--3', 'whole'],
  ['bytes 0-3', 'whole'],
  ['rows=0-3', 'whole'],
  ['', 'whole'],
] as const)('%s', (range, part) => {
  expect(readRange(range, 10)).toEqual(part)
})

test('an empty file can only be requested as a whole', () => {
  expect(readRange('bytes=0-', 0)).toBe('unsatisfiable')
  expect(readRange('bytes=-5', 0)).toBe('whole')
})

test.each([
  [undefined, true],
  ['"abc"', true],
  [' "abc" ', true],
  ['W/"abc"', false],
  ['"abd"', false],
  ['abc', false],
  ['', false],
  ['Sun, 06 Nov 1994 08:49:37 GMT', false],
])('If-Range %s', (ifRange, isSame) => {
  expect(matchesIfRange(ifRange, '"abc"')).toBe(isSame)
})
