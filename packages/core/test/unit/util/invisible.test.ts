// Names that look the same can be distinguished: invisible characters are escaped, and visible ones are not.
import { expect, test } from 'vitest'
import { escapeInvisible } from '../../../src/util/text/invisible.ts'

test.each<[name: string, text: string, escaped: string]>([
  ['a zero-width space', 'A1\u200b', 'A1\\u200b'],
  ['a byte order mark', '\ufeffid', '\\ufeffid'],
  ['a no-break space', 'full\u00a0name', 'full\\u00a0name'],
  ['a line break', 'full\nname', 'full\\u000aname'],
  ['a CR LF', 'full\r\nname', 'full\\u000d\\u000aname'],
  ['a TAB', 'a\tb', 'a\\u0009b'],
  ['the second of two spaces', 'full  name', 'full \\u0020name'],
  ['a soft hyphen', 'e\u00admail', 'e\\u00admail'],
  ['marks of direction', '\u202eabc\u202c\u200f', '\\u202eabc\\u202c\\u200f'],
  ['a variation selector', 'a\ufe0f', 'a\\ufe0f'],
  ['one beyond U+FFFF', 'a\u{e0100}', 'a\\u{e0100}'],
  ['a Hangul filler', '\u3164', '\\u3164'],
  ['a NUL', 'hob\0by', 'hob\\u0000by'],
  ['an escape of a terminal', '\u001b[2m', '\\u001b[2m'],
  ['NEL', 'a\u0085b', 'a\\u0085b'],
  ['a line separator', 'a\u2028b', 'a\\u2028b'],
  ['half of a surrogate pair', 'a\ud800b', 'a\\ud800b'],
  ['a decomposed letter', 'Pre\u0301nom', 'Pre\\u0301nom'],
  ['a decomposed syllable', '\u1112\u1161\u11ab', '\u1112\\u1161\\u11ab'],
  ['a sign with another usual form', '\u212b', '\\u212b'],
])('%s is escaped', (_, text, escaped) => {
  expect(escapeInvisible(text)).toBe(escaped)
})

test.each([
  '',
  'full name',
  ' id ',
  'E-Mail (work)',
  'Prénom',
  'Имя',
  '한국어',
  '氏名',
  'हिन्दी',
  '😀',
  '\u06dd12',
])('%j is unchanged', text => {
  expect(escapeInvisible(text)).toBe(text)
})
