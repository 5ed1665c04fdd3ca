// Names are unquoted in a message unless they are ambiguous.
import { expect, test } from 'vitest'
import { clearList, clearName, clearTable } from '../../../src/util/text/names-in-sentences.ts'

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
  expect(clearName(name)).toBe(shown)
})

test('a list stays unambiguous', () => {
  expect(clearList(['a', 'b, c', 'd'])).toBe('a, "b, c", d')
})

test('a schema and its table are two names', () => {
  expect(clearTable('sales.orders')).toBe('sales.orders')
  expect(clearTable('sales, old.orders')).toBe('"sales, old".orders')
})
