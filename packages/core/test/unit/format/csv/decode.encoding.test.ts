import { describe, expect, test } from 'vitest'
import { decodeChunks, decodeEveryWay } from '../../../../../../test-support/decoding.ts'
import { decodeCsv } from '../../../../src/engine/format/csv/decode.ts'
import type { DecodeOptions } from '../../../../src/engine/format/format.ts'

const limits: DecodeOptions = { maxRecordBytes: 1024, maxColumns: 50 }

const notUtf8 = (byte: number, line: number) =>
  `ENCODING_INVALID: The file is not UTF-8: byte ${byte} (line ${line} or later) does not begin a character. Save it as UTF-8, or say which encoding it has.`

const bytesOf = (...parts: (string | number[])[]) =>
  Buffer.concat(parts.map(part => (typeof part === 'string' ? Buffer.from(part) : Buffer.from(part))))

/** Sequences whose first byte does not start a character, whatever follows. */
const bad: [name: string, bytes: number[]][] = [
  ['a byte that never occurs in UTF-8', [0xff]],
  ['a byte of Latin-1', [0xe9]],
  ['a continuation without a beginning', [0x80]],
  ['an overlong slash', [0xc0, 0xaf]],
  ['an overlong slash of three bytes', [0xe0, 0x80, 0xaf]],
  ['an overlong NUL', [0xc0, 0x80]],
  ['half of a surrogate pair', [0xed, 0xa0, 0x80]],
  ['a surrogate pair as two (CESU-8)', [0xed, 0xa0, 0xbd, 0xed, 0xb8, 0x80]],
  ['a code point above the last', [0xf4, 0x90, 0x80, 0x80]],
  ['a beginning of five bytes', [0xf8, 0x88, 0x80, 0x80, 0x80]],
  ['two bytes of a character of three', [0xe2, 0x82]],
  ['three bytes of a character of four', [0xf0, 0x9f, 0x98]],
]

describe.each(bad)('%s', (_, bytes) => {
  test('in the middle of a record', async () => {
    const { records, fault, end } = await decode(bytesOf('id,name\n1,a\n2,b', bytes, 'c\n3,d\n'))
    expect(fault).toBe(notUtf8(15, 3))
    expect(records.map(record => record.content)).toEqual([['1', 'a']])
    expect(end).toEqual({ byte: 12, rowNumber: 2, line: 2 })
  })

  test('after multi-byte characters', async () => {
    const { records, fault } = await decode(bytesOf('id,né\n1,€\n2,"é\n😀', bytes, '"\n3,d\n'))
    expect(fault).toBe(notUtf8(23, 3))
    expect(records.map(record => record.content)).toEqual([['1', '€']])
  })

  test('at the end of the file', async () => {
    const { records, fault } = await decode(bytesOf('id,name\n1,a\n2,b', bytes))
    expect(fault).toBe(notUtf8(15, 3))
    expect(records.map(record => record.content)).toEqual([['1', 'a']])
  })

  test('at the beginning of the file', async () => {
    const { header, fault, end } = await decode(bytesOf(bytes, 'id,name\n1,a\n'))
    expect(fault).toBe(notUtf8(0, 1))
    expect(header).toBeUndefined()
    expect(end).toEqual({ byte: 0, rowNumber: 0, line: 0 })
  })

  test('after a byte order mark', async () => {
    const { fault } = await decode(bytesOf([0xef, 0xbb, 0xbf], bytes, 'id,name\n'))
    expect(fault).toBe(notUtf8(3, 1))
  })
})

describe('at every position of a text in many scripts', () => {
  // Offsets at which a character starts: 1 for each of "id,", 2 for "é", …; the last is the end of the text.
  const text = 'id,é€\n😀,"ß\n한"\nx,\u{10ffff}'
  const starts = [0, 1, 2, 3, 5, 8, 9, 13, 14, 15, 17, 18, 21, 22, 23, 24, 25, 29]

  test.each(starts)('byte %d', async at => {
    const whole = Buffer.from(text)
    const input = Buffer.concat([whole.subarray(0, at), Buffer.from([0xff]), whole.subarray(at)])
    const line = at <= 8 ? 1 : at <= 22 ? 2 : 4
    const { fault, records } = await decode(input)
    expect(fault).toBe(notUtf8(at, line))
    expect(records.map(record => record.content)).toEqual(at <= 22 ? [] : [['😀', 'ß\n한']])
  })
})

test('the exact byte is found far into a file', async () => {
  const good = Buffer.from(`a,b\n${'é,😀\n'.repeat(20_000)}`)
  const chunks = []
  const input = Buffer.concat([good, Buffer.from('x€'), Buffer.from([0xc3]), Buffer.from('\n')])
  for (let at = 0; at < input.length; at += 4093) chunks.push(input.subarray(at, at + 4093))
  for (const cut of [[input], chunks]) {
    const { records, fault } = await decodeChunks(decodeCsv, cut, limits)
    expect(fault).toBe(notUtf8(160_008, 20_002))
    expect(records).toHaveLength(20_000)
  }
})

function decode(input: string | Buffer, options: DecodeOptions = limits) {
  return decodeEveryWay(decodeCsv, input, options)
}
