// Names are unquoted in a message unless they are ambiguous.
import { expect, test } from 'vitest'
import { displayName, displayNames, displayTable } from '../../../src/util/text/names-in-sentences.ts'

test.each([
  ['authors', 'authors'],
  ['First Name', 'First Name'],
  ['größe_2', 'größe_2'],
  ['a, b', '"a, b"'],
  ['my.table', '"my.table"'],
  ['say "hi"', '"say \\"hi\\""'],
  [' a', '" a"'],
  ['a\u200b', '"a\\u200b"'],
  ['', '""'],
])('%j is %s', (name, shown) => {
  expect(displayName(name)).toBe(shown)
})

test('a list stays unambiguous', () => {
  expect(displayNames(['a', 'b, c', 'd'])).toBe('a, "b, c", d')
})

test('a schema and its table are two names', () => {
  expect(displayTable('sales.orders')).toBe('sales.orders')
  expect(displayTable('sales, old.orders')).toBe('"sales, old".orders')
})
