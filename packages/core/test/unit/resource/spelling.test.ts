// Names that look the same to a person are the same.
import { expect, test } from 'vitest'
import { normalizeName } from '../../../src/engine/resource/mapping/spelling.ts'

test.each<[name: string, given: string]>([
  ['case', 'FULL NAME'],
  ['spaces around it', '  full name \t'],
  ['two spaces', 'full  name'],
  ['a no-break space', 'full\u00a0name'],
  ['a narrow no-break space', 'full\u202fname'],
  ['an ideographic space', 'full\u3000name'],
  ['a line break', 'full\nname'],
  ['CR LF and spaces', 'full \r\n name'],
  ['NEL', 'full\u0085name'],
  ['a zero-width space', 'full na\u200bme'],
  ['a byte order mark', '\ufefffull name'],
  ['a byte order mark before a space', '\ufeff full name'],
  ['a soft hyphen', 'full na\u00adme'],
  ['marks of direction', '\u202afull name\u202c\u200e'],
  ['a variation selector', 'full name\ufe0f'],
  ['a zero-width joiner', 'full\u200d name'],
])('%s does not change a name', (_, given) => {
  expect(normalizeName(given)).toBe('full name')
})

test.each<[one: string, other: string]>([
  ['Prénom', 'PRE\u0301NOM'],
  ['prénom', 'pre\u200b\u0301nom'],
  ['Å', '\u212b'],
  ['가', '\u1100\u1161'],
])('%j is %j', (one, other) => {
  expect(normalizeName(one)).toBe(normalizeName(other))
})

test.each<[one: string, other: string]>([
  ['full name', 'fullname'],
  ['full_name', 'full name'],
  ['e', 'é'],
  ['a', 'ａ'],
  ['\u06dd1', '1'],
])('%j is not %j', (one, other) => {
  expect(normalizeName(one)).not.toBe(normalizeName(other))
})

test.each(['', ' ', '\u200b', '\u00a0\ufeff', '\u3164'])('%j is an empty name', given => {
  expect(normalizeName(given)).toBe('')
})
