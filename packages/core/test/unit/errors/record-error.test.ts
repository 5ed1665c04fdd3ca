import { expect, test } from 'vitest'
import { reportedValue } from '../../../src/errors/record-error.ts'

test('text is shown unchanged, anything else as JSON', () => {
  expect(reportedValue('a "b"')).toBe('a "b"')
  expect(reportedValue({ a: [1, true, null] })).toBe('{"a":[1,true,null]}')
  expect(reportedValue(null)).toBeNull()
  expect(reportedValue(undefined)).toBeNull()
})

test('it is cut at 200 characters, and never inside a character', () => {
  expect(reportedValue('x'.repeat(201))).toBe('x'.repeat(200))
  expect(reportedValue(`${'x'.repeat(199)}😀y`)).toBe('x'.repeat(199))
  expect(reportedValue(`${'x'.repeat(198)}😀y`)).toBe(`${'x'.repeat(198)}😀`)
})

test('a value that JSON cannot represent does not break a report', () => {
  const circular: Record<string, unknown> = {}
  circular.self = circular
  expect(reportedValue(circular)).toBe('[object Object]')
  expect(reportedValue([1n])).toBe('1')
})
