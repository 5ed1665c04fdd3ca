// CHECK constraints as PostgreSQL 15 and 18 print them, next to their wording.
import { describe, expect, test } from 'vitest'
import { checkWords } from '../../../src/engine/catalogue/rules/check-words.ts'
import { columnsIn } from '../../../src/engine/catalogue/rules/expression.ts'

const types: Readonly<Record<string, string>> = { starts: 'date', ends: 'date' }

function said(check: string): string | undefined {
  return checkWords(check, column => types[column])?.say(column =>
    column === 'VALUE' ? 'It' : `"${column}"`,
  )
}

describe('a CHECK in words', () => {
  test.each([
    ['(amount > (0)::numeric)', '"amount" must be greater than 0'],
    ['((r >= 1) AND (r <= 5))', '"r" must be at least 1 and at most 5'],
    [
      "((status)::text = ANY ((ARRAY['draft'::character varying, 'it''s'::character varying])::text[]))",
      `"status" must be one of draft, it's`,
    ],
    [
      `(a = ANY (ARRAY[${Array.from({ length: 100 }, (_, index) => 100 + index).join(', ')}]))`,
      '"a" must be one of 100 values, such as 100, 101, 102, 103, 104',
    ],
    [
      "(colour <> ALL (ARRAY['red, green'::text, 'blue'::text]))",
      '"colour" must be none of "red, green", "blue"',
    ],
    ["(colour = 'red, green'::text)", '"colour" must be "red, green"'],
    ["(colour <> 'No.'::text)", '"colour" must not be "No."'],
    ['(x <> ALL (ARRAY[1, 2]))', '"x" must be none of 1, 2'],
    ['(char_length((title)::text) <= 10)', '"title" must have at most 10 characters'],
    [
      '((length(t2) >= 3) AND (length(t2) <= 5))',
      '"t2" must have at least 3 characters and at most 5 characters',
    ],
    ["(slug ~ '^\\d[a-z-]+$'::text)", '"slug" must match ^\\d[a-z-]+$'],
    ["((code)::text ~~ 'A%'::text)", '"code" must be like A%'],
    ["(btrim(label) <> ''::text)", '"label" must not be blank'],
    ["((TRIM(BOTH FROM label) <> ''::text) AND (label IS NOT NULL))", '"label" must not be blank'],
    ["(label <> ''::text)", '"label" must not be empty'],
    ["((born IS NULL) OR (born >= '1900-01-01'::date))", '"born" must be 1900-01-01 or later'],
    ['(born <= CURRENT_DATE)', '"born" must be today or earlier'],
    ['(seen <= now())', '"seen" must be now or earlier'],
    ["(neg >= '-5'::integer)", '"neg" must be at least -5'],
    ['(f < (1.5)::double precision)', '"f" must be less than 1.5'],
    ['active', '"active" must be true'],
    ['(NOT active)', '"active" must be false'],
    ['(active = false)', '"active" must be false'],
    ['(active IS NOT FALSE)', '"active" must not be false'],
    ['(starts < ends)', '"starts" must be earlier than "ends"'],
    ['(least < most)', '"least" must be less than "most"'],
    ['(num_nonnulls(a, b) = 1)', 'Exactly one of "a" and "b" must have a value'],
    ['((a % 5) = 0)', '"a" must be a multiple of 5'],
    ['(lower(name) = name)', '"name" must be in lower case'],
    ['(array_length(tags, 1) <= 3)', '"tags" must have at most 3 elements'],
    ['(a IS NOT NULL)', '"a" must have a value'],
    ['("Mixed ""Case" > 0)', '"Mixed "Case" must be greater than 0'],
    ['((a > 0) AND (b > 0))', '"a" must be greater than 0, and "b" must be greater than 0'],
    ['((VALUE > 0) AND (VALUE < 10))', 'It must be greater than 0 and less than 10'],
  ])('%s', (check, words) => {
    expect(said(check)).toBe(words)
  })

  test.each([
    'is_iban(iban)',
    '((price * (pieces)::numeric) <= (1000)::numeric)',
    '((a IS NULL) = (b IS NULL))',
    '((a <> 0) OR (b IS NOT NULL))',
    '((o = 1) OR (o > 10))',
    "(sim ~ similar_to_escape('a+'::text))",
    '(a IS DISTINCT FROM 3)',
    "((data ->> 'a'::text) = ",
    '(EXISTS ( SELECT 1))',
    '(CASE WHEN (a > 0) THEN (b > 0) ELSE true END)',
    '',
  ])('has no words: %s', check => {
    expect(said(check)).toBeUndefined()
  })
})

test('the columns of an expression are distinguished from its functions, types and texts', () => {
  const names = ['length', 'text', 'b', 'A b']
  expect(columnsIn(`(length((b)::text) + "A b" > length) AND (b <> 'text')`, names)).toEqual([
    'b',
    'A b',
    'length',
  ])
})
