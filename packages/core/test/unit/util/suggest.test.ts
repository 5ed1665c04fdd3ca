// "Did you mean": near names are found, far ones are not suggested.
import { expect, test } from 'vitest'
import { nearest } from '../../../src/util/text/suggest.ts'

const names = ['id', 'email', 'name', 'role', 'active', 'created_at', 'updated_at']

test.each<[given: string, meant: string | undefined]>([
  ['email', 'email'],
  ['EMAIL', 'email'],
  ['emial', 'email'],
  ['emal', 'email'],
  ['e-mail', 'email'],
  ['emaill', 'email'],
  ['nmae', 'name'],
  ['roles', 'role'],
  ['createdat', 'created_at'],
  ['update_at', 'updated_at'],
  ['created_ta', 'created_at'],
  ['createdAt', 'created_at'],
  ['Created-At', 'created_at'],
  ['CREATED AT', 'created_at'],
  ['created.at', 'created_at'],
  ['CreatdAt', 'created_at'],
  ['e\u200bmail', 'email'],
  ['__email__', 'email'],
  ['#', undefined],
  ['xyz', undefined],
  ['', undefined],
  ['password', undefined],
  ['constructor', undefined],
  ['__proto__', undefined],
  ['x'.repeat(64), undefined],
])('%j → %s', (given, meant) => {
  expect(nearest(given, names)).toBe(meant)
})

test('among equally near names the first is suggested', () => {
  expect(nearest('nam', ['name', 'names', 'nami'])).toBe('name')
})

test.each(['x', ''])('a name with at most one letter is not a misspelling of another: %j', name => {
  expect(nearest(name, ['a', 'b', 'xy'])).toBeUndefined()
  expect(nearest('X', ['x'])).toBe('x')
})

test('nothing is suggested without candidates', () => {
  expect(nearest('email', [])).toBeUndefined()
})
