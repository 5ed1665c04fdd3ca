// Values that look like another value, and values that need their invisible characters.
import { expect, test } from 'vitest'
import { holdsInvisible } from '../../../src/engine/value/invisible-text.ts'

test.each<[name: string, text: string]>([
  ['a zero-width space', 'A1\u200b'],
  ['a zero-width space within', 'A\u200b1'],
  ['a no-break space before it', '\u00a0A1'],
  ['a byte order mark', '\ufeffA1'],
  ['a word joiner', 'A\u20601'],
  ['a soft hyphen', 'A\u00ad1'],
  ['a mark of direction', 'A1\u200e'],
  ['an override of direction', '\u202eA1'],
  ['an isolate', '\u2066A1\u2069'],
  ['a variation selector on a letter', 'A\ufe0f'],
  ['a variation selector on a digit', 'A1\ufe0f'],
  ['a selector beyond U+FFFF', 'A\u{e0100}'],
  ['a tag', 'A\u{e0041}'],
  ['a joiner between Latin letters', 'A\u200d1'],
  ['a non-joiner between Latin letters', 'auf\u200clage'],
  ['a joiner after an emoji', '😀\u200d'],
  ['a non-joiner at the end of a Persian word', 'می\u200c'],
  ['a zero-width space between Arabic words', 'سلام\u200bدنیا'],
  ['a combining grapheme joiner', 'A\u034f1'],
  ['a Hangul filler', 'A\u3164'],
  ['a space before it', ' A1'],
  ['a space after it', 'A1 '],
  ['a line feed after it', 'A1\n'],
  ['a TAB before it', '\tA1'],
  ['an ideographic space after it', '東京\u3000'],
  ['NEL after it', 'A1\u0085'],
  ['a control character after it', 'A1\x01'],
  ['DEL after it', 'A1\x7f'],
  ['nothing but a space', ' '],
  ['nothing but a zero-width space', '\u200b'],
])('%s is found', (_, text) => {
  expect(holdsInvisible(text, false)).toBe(true)
})

test.each<[name: string, text: string]>([
  ['nothing', ''],
  ['ASCII', 'A1'],
  ['one character', 'A'],
  ['lines and TABs within', 'one\ntwo\r\n\tthree'],
  ['a no-break space within', '10\u00a0000 €'],
  ['letters of many scripts', 'Zoë Müller, 東京, Москва, ไทย, العربية, עברית, हिन्दी'],
  ['decomposed letters', 'Pre\u0301nom'],
  ['an emoji', 'ok 😀'],
  ['a family', '👩\u200d👩\u200d👧\u200d👦'],
  ['an emoji with a colour of skin and a profession', '👩🏽\u200d🚀'],
  ['a heart on fire', '❤\ufe0f\u200d🔥'],
  ['a red heart', '❤\ufe0f'],
  ['a text sign', '☎\ufe0e'],
  ['a keycap', '1\ufe0f\u20e3'],
  ['a flag of a country', '🇩🇪'],
  ['a flag of a region', '🏴\u{e0067}\u{e0062}\u{e0073}\u{e0063}\u{e0074}\u{e007f}'],
  ['an ideograph with a variation', '葛\u{e0100}城'],
  ['a Persian non-joiner', 'می\u200cخواهم'],
  ['a Persian non-joiner after a vowel sign', 'کِ\u200cتاب'],
  ['a Sinhala joiner', 'ක්\u200dර'],
  ['a Hindi joiner', 'क्\u200dष'],
  ['a Mongolian letter with a variation', 'ᠠ\u180b'],
  ['Khmer words', 'ភាសា\u200bខ្មែរ'],
  ['an end of a verse', 'آية \u06dd12'],
])('%s is not reported', (_, text) => {
  expect(holdsInvisible(text, false)).toBe(false)
})

test('a text that is known to be ASCII gives the same result', () => {
  for (const text of ['', 'A1', ' A1', 'A1 ', 'A1\n', 'a\tb', 'A1\x7f', '\0'])
    expect(holdsInvisible(text, true), JSON.stringify(text)).toBe(holdsInvisible(text, false))
})
