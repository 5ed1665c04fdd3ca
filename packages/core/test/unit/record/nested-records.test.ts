// Finds the records inside an object: in arrays at any depth, or by name; always at limited cost.
import { expect, test } from 'vitest'
import { nestedRecords, printPaths } from '../../../src/engine/record/nested-records.ts'

const a = { name: 'a' }

test.each<[name: string, object: Record<string, unknown>, paths: string]>([
  ['an envelope', { data: [a, a], total: 2 }, 'data (2)'],
  ['a nested one', { result: { items: [a] }, ok: true }, 'result.items (1)'],
  ['GeoJSON', { type: 'FeatureCollection', features: [{ type: 'Feature', properties: a }] }, 'features (1)'],
  ['several lists', { users: [a], meta: { pages: [a, a, a] } }, 'users (1), meta.pages (3)'],
  ['a list that holds other things too', { data: [1, null, a, [a]] }, 'data (1)'],
  ['objects by name', { x: a, y: a }, 'the outermost keys (2)'],
  ['objects by name further in', { users: { x: a, y: a, z: a }, total: 3 }, 'users (3)'],
  ['lists in objects by name', { x: { list: [a] }, y: { list: [a, a] } }, 'x.list (1), y.list (2)'],
  ['a key with a space', { 'my data': [a] }, '"my data" (1)'],
  ['an invisible key', { '\u200b"': [a] }, String.raw`"\u200b\"" (1)`],
  ['a key without a name', { '': [a] }, '"" (1)'],
  ['__proto__', JSON.parse('{"__proto__":{"x":[{}]}}'), '__proto__.x (1)'],
])('%s', (_, object, paths) => {
  expect(printPaths(nestedRecords(object))).toBe(paths)
})

test.each<[name: string, object: Record<string, unknown>]>([
  ['values', { name: 'a', score: 1 }],
  ['a list of values', { tags: ['a', 'b'], sizes: [[1, 2]] }],
  ['an empty list', { data: [], total: 0 }],
  ['one object', { address: { city: 'Ulm' } }],
  ['nothing', {}],
])('none: %s', (_, object) => {
  expect(nestedRecords(object)).toEqual([])
})

test('five of many paths are named, and long names are cut', () => {
  const many = Object.fromEntries(Array.from({ length: 8 }, (_, index) => [`list${index}`, [a]]))
  expect(printPaths(nestedRecords(many))).toBe(
    'list0 (1), list1 (1), list2 (1), list3 (1), list4 (1) and 3 more places',
  )
  expect(printPaths(nestedRecords({ ['x'.repeat(500)]: [a] }))).toBe(`"${'x'.repeat(60)}…" (1)`)
})

test('a partial file contains at least as many', () => {
  expect(printPaths(nestedRecords({ data: [a, a] }), true)).toBe('data (at least 2)')
})

test('a hostile depth or size of an object does not exceed the search limits', () => {
  let deep: Record<string, unknown> = { data: [a] }
  for (let level = 0; level < 60; level++) deep = { inner: deep }
  expect(nestedRecords(deep)).toEqual([])
  const wide = Object.fromEntries(Array.from({ length: 300_000 }, (_, index) => [`k${index}`, index]))
  expect(nestedRecords({ ...wide, data: [a] })).toEqual([])
})
