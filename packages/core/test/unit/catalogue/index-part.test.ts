import { expect, test } from 'vitest'
import { partTexts, readIndexPart } from '../../../src/engine/catalogue/rules/index-part.ts'

test.each([
  ['email', 'email', false],
  ['"Email"', 'Email', false],
  ['"E""mail"', 'E"mail', false],
  ['"lower(x)"', 'lower(x)', false],
  ['"a::text"', 'a::text', false],
  ['"(a)"', '(a)', false],
  ['lower(email)', 'email', true],
  ['lower((email)::text)', 'email', true],
  ['lower(("E""m(a)il")::text)', 'E"m(a)il', true],
  ['lower(("a::text")::character varying)', 'a::text', true],
  ['"größe"', 'größe', false],
])('%s', (part, column, isFolded) => {
  expect(readIndexPart(part)).toEqual({ column, isFolded })
})

test.each(['upper(email)', '(a || b)', 'lower(a) || b', 'lower(a || b)', 'COALESCE(a, 0)', '("a" || "b")'])(
  '%s is neither',
  part => {
    expect(readIndexPart(part)).toBeUndefined()
    expect(partTexts([part])).toEqual([part])
  },
)

test('a column that is named like an expression is not that expression', () => {
  expect(partTexts(['"lower(email)"', 'lower((email)::text)', '"lower(""email"")"'])).toEqual([
    '"lower(email)"',
    'lower("email")',
    '"lower(""email"")"',
  ])
})
