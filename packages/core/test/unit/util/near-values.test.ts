// Finds the value nearest to a mistyped one without comparing it with each.
import { expect, test } from 'vitest'
import { nearestFinder } from '../../../src/util/text/near-values.ts'

const find = nearestFinder(['Switzerland', 'Sweden', 'Swaziland', 'New Zealand', 'Åland', 'CH'])

test.each<[given: string, found: string | undefined]>([
  ['switzerland', 'Switzerland'],
  ['Switzerlnad', 'Switzerland'],
  ['Swizerland', 'Switzerland'],
  ['Switzzerland', 'Switzerland'],
  ['Svitzerland', 'Switzerland'],
  ['new-zealand ', 'New Zealand'],
  ['Aland', 'Åland'],
  ['CX', 'CH'],
  ['Norway', undefined],
  ['Svitserland', undefined],
  ['', undefined],
  ['S'.repeat(100), undefined],
])('%j: %j', (given, found) => {
  expect(find(given)).toBe(found)
})

test('among thousands of values too', () => {
  const many = nearestFinder(Array.from({ length: 5_000 }, (_, index) => `article ${index * 7919}`))
  expect(many('artcile 39587081')).toBe('article 39587081')
  expect(many('article number')).toBeUndefined()
})
