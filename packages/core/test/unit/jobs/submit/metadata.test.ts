import { expect, test } from 'vitest'
import { checkMetadata } from '../../../../src/jobs/submit/metadata.ts'

test('a small object is stored as JSON prints it, and later changes by the caller have no effect', () => {
  const given = { order: 7, by: { name: 'Zoë' }, at: new Date(0), gone: undefined }
  const kept = checkMetadata(given)
  expect(kept).toEqual({ order: 7, by: { name: 'Zoë' }, at: '1970-01-01T00:00:00.000Z' })
  given.by.name = 'changed'
  expect(kept).toMatchObject({ by: { name: 'Zoë' } })
  expect(checkMetadata(undefined)).toEqual({})
})

test('the limit is 4 KiB, in bytes', () => {
  const letters = 4_096 - '{"a":""}'.length
  expect(checkMetadata({ a: 'x'.repeat(letters) })).toHaveProperty('a')
  expect(() => checkMetadata({ a: 'x'.repeat(letters + 1) })).toThrow('at most 4096 bytes')
  expect(() => checkMetadata({ a: 'ë'.repeat(letters - 1) })).toThrow('at most 4096 bytes')
})

const circular: Record<string, unknown> = {}
circular.self = circular

test.each([
  ['null', null],
  ['a list', []],
  ['text', 'x'],
  ['a number', 1],
  ['an object that serializes to text', { toJSON: () => 'x' }],
  ['an object that serializes to nothing', { toJSON: () => undefined }],
  ['a cycle', circular],
  ['a 64-bit number', { a: 1n }],
  ['a zero byte', { a: '\0' }],
  ['half of a character', { a: '\ud800' }],
])('%s is rejected', (_, metadata) => {
  expect(() => checkMetadata(metadata)).toThrow('The option "metadata" must be a JSON object')
})
