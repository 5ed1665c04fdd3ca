// Length in code points, as PostgreSQL's varchar counts.
import { expect, test } from 'vitest'
import { hasMoreCodePoints } from '../../../src/util/text/code-points.ts'

test.each<[name: string, text: string, codePoints: number]>([
  ['nothing', '', 0],
  ['letters', 'abc', 3],
  ['a character of two UTF-16 units', '😀', 1],
  ['fifty emoji', '😀'.repeat(50), 50],
  ['letters and emoji', 'a😀b', 3],
  ['a combining character counts for itself', 'e\u0301', 2],
  ['a joined emoji counts its parts', '👩\u200d🚀', 3],
  ['NUL', '\0\0', 2],
])('%s', (_, text, codePoints) => {
  expect(hasMoreCodePoints(text, codePoints)).toBe(false)
  expect(hasMoreCodePoints(text, codePoints + 1)).toBe(false)
  if (codePoints > 0) expect(hasMoreCodePoints(text, codePoints - 1)).toBe(true)
})
