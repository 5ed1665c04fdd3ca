// Strict UTF-8: complete and valid text is decoded, a truncated character is left, and the first invalid byte is found.
import { describe, expect, test } from 'vitest'
import { byteOrderMarkLength, decodeUtf8 } from '../../../src/engine/format/text/utf8.ts'

const text = 'aé€😀z'
const bytes = Buffer.from(text)
/** Bytes of each character: 1, 2, 3, 4, 1. */
const wholeAt = [0, 1, 1, 3, 3, 3, 6, 6, 6, 6, 10, 11]

describe('a truncated text', () => {
  test.each(wholeAt.map((whole, cut) => [cut, whole]))(
    'at byte %d holds %d bytes of whole characters',
    (cut, whole) => {
      const part = bytes.subarray(0, cut)
      expect(decodeUtf8(part, false)).toMatchObject({
        text: bytes.toString('utf8', 0, whole),
        length: whole,
        invalidAt: undefined,
      })
      expect(decodeUtf8(part, true)).toMatchObject({
        length: whole,
        invalidAt: cut === whole ? undefined : whole,
      })
    },
  )
})

describe('the first invalid byte', () => {
  test.each([0, 1, 3, 6, 10, 11])('after byte %d', at => {
    for (const wrong of [[0xff], [0x80], [0xc0, 0xaf], [0xed, 0xa0, 0x80], [0xf5, 0x80, 0x80, 0x80]]) {
      const input = Buffer.concat([bytes.subarray(0, at), Buffer.from(wrong), Buffer.from('more é text')])
      const expected = { text: bytes.toString('utf8', 0, at), length: at, invalidAt: at, ascii: false }
      expect(decodeUtf8(input, false)).toEqual(expected)
      expect(decodeUtf8(input, true)).toEqual(expected)
    }
  })

  test('is found in a long text, wherever it is', () => {
    const long = Buffer.from('é€😀a'.repeat(1000))
    for (const character of [0, 1, 2, 499, 500, 998, 999]) {
      const at = character * 10
      const input = Buffer.from(long)
      input[at] = 0xff
      expect(decodeUtf8(input, true).invalidAt).toBe(at)
    }
  })

  test('is the first of many', () => {
    expect(decodeUtf8(Buffer.alloc(1000, 0xff), true).invalidAt).toBe(0)
    expect(decodeUtf8(Buffer.alloc(1000, 0x80), true).invalidAt).toBe(0)
    expect(decodeUtf8(Buffer.concat([Buffer.from('é'), Buffer.alloc(1000, 0x80)]), true).invalidAt).toBe(2)
  })
})

test.each<[name: string, text: string, ascii: boolean]>([
  ['nothing', '', true],
  ['letters', 'abc', true],
  ['control characters', '\0\x7f', true],
  ['one character beyond', 'abcé', false],
])('%s: one byte a character %s', (_, given, ascii) => {
  expect(decodeUtf8(Buffer.from(given), true)).toEqual({
    text: given,
    ascii,
    length: Buffer.byteLength(given),
    invalidAt: undefined,
  })
})

test.each<[bytes: number[], whileMore: number | undefined, atTheEnd: number]>([
  [[], undefined, 0],
  [[0xef], undefined, 0],
  [[0xef, 0xbb], undefined, 0],
  [[0xef, 0xbb, 0xbf], 3, 3],
  [[0xef, 0xbb, 0xbf, 0x61], 3, 3],
  [[0xef, 0xbb, 0xbe], 0, 0],
  [[0xef, 0x61], 0, 0],
  [[0x61], 0, 0],
])('a byte order mark in %j: %s bytes while more may come, %d at the end', (start, whileMore, atTheEnd) => {
  expect(byteOrderMarkLength(Buffer.from(start), false)).toBe(whileMore)
  expect(byteOrderMarkLength(Buffer.from(start), true)).toBe(atTheEnd)
})
