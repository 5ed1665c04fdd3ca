// The formula guard: which text gets it, and that removing it restores any text.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { anyText } from '../../../../../../test-support/any-text.ts'
import { guard, unguard } from '../../../../src/engine/format/csv/formula-guard.ts'

test.each([
  '=1+1',
  '+1',
  '-1',
  '@SUM(1)',
  ' =1',
  '\u00a0=1',
  '\n=1',
  '\tx',
  '\rx',
  '\nx',
  '＝1',
  '＋1',
  '－1',
  '＠x',
  '\u3000＝1',
  "'",
  "'x",
  "'=1",
])('%j is guarded', text => {
  expect(guard(text)).toBe(`'${text}`)
  expect(unguard(guard(text))).toBe(text)
})

test.each(['', 'x', '1', '1=1', ' x', 'a\n=1', '"=1"', ';=1', '|x', '😀'])('%j is unchanged', text => {
  expect(guard(text)).toBe(text)
  expect(unguard(text)).toBe(text)
})

test.each(["'", "'x", "'1", "'a=1"])('%j is not guarded text, and keeps its apostrophe', text => {
  expect(unguard(text)).toBe(text)
})

test('any text is restored', () => {
  const unit = fc.constantFrom(
    "'",
    '=',
    '+',
    '-',
    '@',
    '＝',
    '＠',
    '\t',
    '\r',
    '\n',
    ' ',
    'a',
    '😀',
    '\ud800',
  )
  fc.assert(
    fc.property(fc.oneof(fc.string({ unit }), anyText), text => {
      expect(unguard(guard(text))).toBe(text)
    }),
    { numRuns: 20_000 },
  )
})
