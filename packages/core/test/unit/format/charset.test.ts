// Encodings: detected by a byte order mark or declared, never guessed. Invalid bytes are reported with their offset.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { anyText } from '../../../../../test-support/any-text.ts'
import { chunkings } from '../../../../../test-support/decoding.ts'
import { readText } from '../../../../../test-support/text.ts'
import type { Encoding } from '../../../src/engine/format/format.ts'
import { isPlain } from '../../../src/engine/format/text/decode-text.ts'

const le = (text: string) => Buffer.from(text, 'utf16le')
const be = (text: string) => Buffer.from(text, 'utf16le').swap16()
const latin1 = (text: string) => Buffer.from(text, 'latin1')

async function everyWay(bytes: Buffer, encoding?: Encoding) {
  const whole = await readText([bytes], { encoding })
  for (const chunks of chunkings(bytes)) {
    expect(await readText(chunks, { encoding }), `chunks of ${chunks.map(({ length }) => length)}`).toEqual(
      whole,
    )
  }
  return whole
}

describe('text comes out as UTF-8', () => {
  const text = 'id,é€\n1,😀\ufeff\uffff\0\n'

  test.each<[name: string, bytes: Buffer, encoding: Encoding | undefined, text: string]>([
    ['UTF-8', Buffer.from(text), undefined, text],
    ['UTF-8, declared', Buffer.from(text), 'utf-8', text],
    ['UTF-8 with its mark, which stays', Buffer.from(`\ufeff${text}`), 'utf-8', `\ufeff${text}`],
    ['UTF-16LE by its mark, which stays', le(`\ufeff${text}`), undefined, `\ufeff${text}`],
    ['UTF-16BE by its mark', be(`\ufeff${text}`), undefined, `\ufeff${text}`],
    ['UTF-16LE by its mark, declared', le(`\ufeff${text}`), 'utf-16le', `\ufeff${text}`],
    ['UTF-16LE, declared', le(text), 'utf-16le', text],
    ['UTF-16BE, declared', be(text), 'utf-16be', text],
    ['a mark alone', le('\ufeff'), undefined, '\ufeff'],
    ['one character', le('\ufeffa'), undefined, '\ufeffa'],
    ['nothing', Buffer.alloc(0), 'utf-16be', ''],
    ['one byte of UTF-8', Buffer.from('a'), undefined, 'a'],
    ['Windows-1252', latin1('\x80\x82\x9f\xa0\xe9\xff\0a'), 'windows-1252', '€‚Ÿ\u00a0éÿ\0a'],
  ])('%s', async (_, bytes, encoding, expected) => {
    expect(await everyWay(bytes, encoding)).toEqual({ text: expected, fault: undefined })
  })

  test('every byte of Windows-1252', async () => {
    const undefinedBytes = [0x81, 0x8d, 0x8f, 0x90, 0x9d]
    const bytes = Buffer.from(
      Array.from({ length: 256 }, (_, byte) => byte).filter(byte => !undefinedBytes.includes(byte)),
    )
    const { text } = await everyWay(bytes, 'windows-1252')
    // From the table of the Unicode Consortium, CP1252.TXT.
    expect(text.slice(128, 155)).toBe('€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ')
    expect(text.slice(0, 128)).toBe(latin1(text.slice(0, 128)).toString('latin1'))
    expect(text.slice(155)).toBe(bytes.subarray(155).toString('latin1'))
  })

  test('any text in UTF-16', async () => {
    await fc.assert(
      fc.asyncProperty(anyText, fc.integer({ min: 1, max: 7 }), async (any, size) => {
        const expected = { text: `x${any}`, fault: undefined }
        for (const [bytes, encoding] of [
          [le(expected.text), 'utf-16le'],
          [be(expected.text), 'utf-16be'],
        ] as const) {
          const chunks = Array.from({ length: Math.ceil(bytes.length / size) }, (_, index) =>
            bytes.subarray(index * size, (index + 1) * size),
          )
          expect(await readText(chunks, { encoding })).toEqual(expected)
        }
      }),
      { numRuns: 500 },
    )
  })
})

describe('invalid bytes', () => {
  const wrong = (encoding: string, byte: number) =>
    `ENCODING_INVALID: The file is not ${encoding}: byte ${byte} does not begin a character. Save it as UTF-8.`

  test.each<[name: string, bytes: Buffer, encoding: Encoding | undefined, text: string, fault: string]>([
    [
      'an odd byte at the end',
      Buffer.concat([le('\ufeffab'), Buffer.from('c')]),
      undefined,
      '\ufeffab',
      wrong('UTF-16LE', 6),
    ],
    [
      'an odd byte at the end, big-endian',
      Buffer.concat([be('ab'), Buffer.from('c')]),
      'utf-16be',
      'ab',
      wrong('UTF-16BE', 4),
    ],
    ['one byte alone', Buffer.from('c'), 'utf-16le', '', wrong('UTF-16LE', 0)],
    ['the first half of a pair at the end', le('ab\ud83d'), 'utf-16le', 'ab', wrong('UTF-16LE', 4)],
    [
      'the first half of a pair, and an odd byte',
      Buffer.concat([le('ab\ud83d'), Buffer.from('c')]),
      'utf-16le',
      'ab',
      wrong('UTF-16LE', 4),
    ],
    ['the first half of a pair in the middle', le('a\ud83db😀'), 'utf-16le', 'a', wrong('UTF-16LE', 2)],
    ['the second half of a pair', be('\ufeffé😀\ude00b'), undefined, '\ufeffé😀', wrong('UTF-16BE', 8)],
    ['two first halves', le('\ud83d\ud83d\ude00'), 'utf-16le', '', wrong('UTF-16LE', 0)],
    [
      'a byte that Windows-1252 leaves out',
      latin1('a\xe9\x81b'),
      'windows-1252',
      'aé',
      wrong('Windows-1252', 2),
    ],
    ['the first of several such bytes', latin1('\x9d\x90'), 'windows-1252', '', wrong('Windows-1252', 0)],
  ])('%s: the text before it, and its byte', async (_, bytes, encoding, text, fault) => {
    expect(await everyWay(bytes, encoding)).toEqual({ text, fault })
  })
})

describe('a mark that contradicts what was declared', () => {
  test.each<[bytes: Buffer, encoding: Encoding, proven: string, declared: string]>([
    [le('\ufeffab'), 'utf-8', 'UTF-16LE', 'UTF-8'],
    [le('\ufeffab'), 'utf-16be', 'UTF-16LE', 'UTF-16BE'],
    [be('\ufeffab'), 'utf-16le', 'UTF-16BE', 'UTF-16LE'],
    [be('\ufeff'), 'windows-1252', 'UTF-16BE', 'Windows-1252'],
    [Buffer.from('\ufeffab'), 'windows-1252', 'UTF-8', 'Windows-1252'],
    [Buffer.from('\ufeffab'), 'utf-16le', 'UTF-8', 'UTF-16LE'],
  ])('%j as %s', async (bytes, encoding, proven, declared) => {
    expect(await everyWay(bytes, encoding)).toEqual({
      text: '',
      fault: `ENCODING_INVALID: The file begins with the byte order mark of ${proven}, but ${declared} was declared, as its encoding or as the charset of its content type; remove that declaration.`,
    })
  })
})

test('bytes are the text itself only in plain UTF-8', () => {
  const start = Buffer.from('id,')
  expect(isPlain({}, start)).toBe(true)
  expect(isPlain({ encoding: 'utf-8', compression: 'none' }, Buffer.from('\ufeff'))).toBe(true)
  expect(isPlain({ compression: 'gzip' }, start)).toBe(false)
  expect(isPlain({ encoding: 'windows-1252' }, start)).toBe(false)
  expect(isPlain({ encoding: 'utf-16le' }, start)).toBe(false)
  expect(isPlain({}, le('\ufeffid'))).toBe(false)
  expect(isPlain({}, be('\ufeff'))).toBe(false)
  // The stage that reads the file reports a contradiction.
  expect(isPlain({ encoding: 'utf-8' }, be('\ufeff'))).toBe(false)
  expect(isPlain({ encoding: 'utf-16le' }, Buffer.from('\ufeff'))).toBe(false)
})
