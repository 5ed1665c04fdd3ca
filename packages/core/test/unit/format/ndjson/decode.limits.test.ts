import { describe, expect, test } from 'vitest'
import { decodeChunks, decodeEveryWay } from '../../../../../../test-support/decoding.ts'
import type { DecodeOptions } from '../../../../src/engine/format/format.ts'
import { decodeNdjson } from '../../../../src/engine/format/ndjson/decode.ts'

const limits: DecodeOptions = { maxRecordBytes: 10, maxColumns: 50 }

const tooLarge = (line: number, offset: number, length: number) => ({
  rowNumber: line,
  line,
  offset,
  length,
  raw: '',
  content: undefined,
  problem: {
    code: 'RECORD_TOO_LARGE',
    message: `Line ${line} has ${length} bytes, and the limit is 10. Either the objects are not each on a line of their own, or the record is longer than the limit: correct the file, or raise the limit (maxRecordBytes, IMPORT_MAX_RECORD_BYTES, --max-record-bytes).`,
  },
})
const good = (line: number, offset: number, raw: string, content: object) => ({
  rowNumber: line,
  line,
  offset,
  length: Buffer.byteLength(raw),
  raw,
  content,
  problem: undefined,
})

describe('lines that are too long', () => {
  test.each<[name: string, input: string, records: unknown[], endByte: number, endLine: number]>([
    [
      'as many as are allowed',
      '{"a":1234}\n{"a":1}',
      [good(1, 0, '{"a":1234}', { a: 1234 }), good(2, 11, '{"a":1}', { a: 1 })],
      18,
      2,
    ],
    [
      'one more, then a good line',
      '{"a":12345}\n{"a":1}\n',
      [tooLarge(1, 0, 11), good(2, 12, '{"a":1}', { a: 1 })],
      20,
      2,
    ],
    [
      'one more in characters of two bytes',
      '{"a":"éé"}\n{"a":1}\n',
      [tooLarge(1, 0, 12), good(2, 13, '{"a":1}', { a: 1 })],
      21,
      2,
    ],
    [
      'between good lines',
      `{"a":1}\n\n${'x'.repeat(50)}\n{"a":2}`,
      [good(1, 0, '{"a":1}', { a: 1 }), tooLarge(3, 9, 50), good(4, 60, '{"a":2}', { a: 2 })],
      67,
      4,
    ],
    [
      'two in a row',
      `${'x'.repeat(11)}\n${'y'.repeat(30)}\n{"a":1}\n`,
      [tooLarge(1, 0, 11), tooLarge(2, 12, 30), good(3, 43, '{"a":1}', { a: 1 })],
      51,
      3,
    ],
    [
      'without a line ending',
      `{"a":1}\n${'x'.repeat(25)}`,
      [good(1, 0, '{"a":1}', { a: 1 }), tooLarge(2, 8, 25)],
      33,
      2,
    ],
    [
      'after a byte order mark',
      `\ufeff${'x'.repeat(25)}\n{"a":1}`,
      [tooLarge(1, 3, 25), good(2, 29, '{"a":1}', { a: 1 })],
      36,
      2,
    ],
    [
      'white space too',
      `${' '.repeat(11)}\n{"a":1}`,
      [tooLarge(1, 0, 11), good(2, 12, '{"a":1}', { a: 1 })],
      19,
      2,
    ],
    [
      'a blank line after it',
      `${'x'.repeat(11)}\n\n{"a":1}`,
      [tooLarge(1, 0, 11), good(3, 13, '{"a":1}', { a: 1 })],
      20,
      3,
    ],
  ])('%s', async (_, input, records, endByte, endLine) => {
    expect(await decode(input)).toEqual({
      records,
      end: { byte: endByte, rowNumber: endLine, line: endLine },
    })
  })

  test('a line of sixteen MiB is not kept', async () => {
    const chunk = Buffer.alloc(64 * 1024, 'x')
    function* chunks() {
      for (let count = 0; count < 256; count++) yield chunk
      yield Buffer.from('\n{"a":1}\n')
    }
    const { records } = await decodeChunks(decodeNdjson, chunks(), limits)
    expect(records).toEqual([tooLarge(1, 0, 16_777_216), good(2, 16_777_217, '{"a":1}', { a: 1 })])
  })
})

describe('lines that are not UTF-8', () => {
  const wide: DecodeOptions = { maxRecordBytes: 100, maxColumns: 50 }
  const wrong = { code: 'INVALID_ENCODING', message: 'The line is not UTF-8; save the file as UTF-8.' }

  test.each<[name: string, bytes: number[]]>([
    ['a byte that never occurs in UTF-8', [0x22, 0xff, 0x22]],
    ['Latin-1', [0x22, 0xe9, 0x22]],
    ['an overlong slash', [0x22, 0xc0, 0xaf, 0x22]],
    ['half of a surrogate pair', [0x22, 0xed, 0xa0, 0x80, 0x22]],
    ['a character that the line ending cuts off', [0xf0, 0x9f, 0x98]],
    ['a continuation byte alone', [0x80]],
  ])('%s: only that line is invalid', async (_, bytes) => {
    const input = Buffer.concat([
      Buffer.from('{"a":"é"}\n'),
      Buffer.from(bytes),
      Buffer.from('\n{"a":"😀"}\n'),
    ])
    const { records } = await decode(input, wide)
    expect(records.map(({ line, offset, length, problem }) => ({ line, offset, length, problem }))).toEqual([
      { line: 1, offset: 0, length: 10, problem: undefined },
      { line: 2, offset: 11, length: bytes.length, problem: wrong },
      { line: 3, offset: 12 + bytes.length, length: 12, problem: undefined },
    ])
  })

  test('at the end of the file', async () => {
    const { records } = await decode(Buffer.from([0x7b, 0x7d, 0x0a, 0xf0, 0x9f]), wide)
    expect(records.map(record => record.problem)).toEqual([undefined, wrong])
  })
})

function decode(input: string | Buffer, options: DecodeOptions = limits) {
  return decodeEveryWay(decodeNdjson, input, options)
}
