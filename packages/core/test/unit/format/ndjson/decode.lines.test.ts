import { describe, expect, test } from 'vitest'
import { decodeChunks, decodeEveryWay } from '../../../../../../test-support/decoding.ts'
import type { DecodeOptions } from '../../../../src/engine/format/format.ts'
import { decodeNdjson } from '../../../../src/engine/format/ndjson/decode.ts'

const limits: DecodeOptions = { maxRecordBytes: 1024, maxColumns: 50 }

type Place = [line: number, offset: number, length: number, content: unknown]

describe('positions of objects', () => {
  test.each<[name: string, input: string, places: Place[], end: { byte: number; line: number }]>([
    ['no bytes give no records', '', [], { byte: 0, line: 0 }],
    ['blank lines give no records', '\n \n\t\r\n\r\n', [], { byte: 8, line: 4 }],
    [
      'LF',
      '{"a":1}\n{"a":2}\n',
      [
        [1, 0, 7, { a: 1 }],
        [2, 8, 7, { a: 2 }],
      ],
      { byte: 16, line: 2 },
    ],
    [
      'no final line ending',
      '{"a":1}\n{"a":2}',
      [
        [1, 0, 7, { a: 1 }],
        [2, 8, 7, { a: 2 }],
      ],
      { byte: 15, line: 2 },
    ],
    [
      'blank lines count as lines',
      '\n{"a":1}\n\n  \n{"a":2}\n\n',
      [
        [2, 1, 7, { a: 1 }],
        [5, 13, 7, { a: 2 }],
      ],
      { byte: 22, line: 6 },
    ],
    [
      'spaces around an object',
      '  {"a":1}\t\n{ "a" : 2 }',
      [
        [1, 0, 10, { a: 1 }],
        [2, 11, 11, { a: 2 }],
      ],
      { byte: 22, line: 2 },
    ],
    [
      'a byte order mark',
      '\ufeff{"a":1}\n{"a":2}\n',
      [
        [1, 3, 7, { a: 1 }],
        [2, 11, 7, { a: 2 }],
      ],
      { byte: 19, line: 2 },
    ],
    ['a byte order mark alone', '\ufeff', [], { byte: 3, line: 0 }],
    [
      'characters of many bytes',
      '{"é":"€"}\n{"a":"😀"}\n',
      [
        [1, 0, 12, { é: '€' }],
        [2, 13, 12, { a: '😀' }],
      ],
      { byte: 26, line: 2 },
    ],
    [
      'U+2028 and NEL end no line',
      '{"a":"\u2028"}\n{"a":"\u0085"}',
      [
        [1, 0, 11, { a: '\u2028' }],
        [2, 12, 10, { a: '\u0085' }],
      ],
      { byte: 22, line: 2 },
    ],
    ['an object without members', '{}\n', [[1, 0, 2, {}]], { byte: 3, line: 1 }],
    [
      'a backslash before a quote',
      '{"a":"\\\\","b":"\\""}\n',
      [[1, 0, 19, { a: '\\', b: '"' }]],
      { byte: 20, line: 1 },
    ],
    ['an escaped line ending', '{"a":"x\\ny"}\n', [[1, 0, 12, { a: 'x\ny' }]], { byte: 13, line: 1 }],
    [
      'text that looks like structure',
      '{"a":"{[:,\\"","b":[{"a":1}]}',
      [[1, 0, 28, { a: '{[:,"', b: [{ a: 1 }] }]],
      { byte: 28, line: 1 },
    ],
  ])('%s', async (_, input, places, end) => {
    const decoded = await decode(input)
    expect(
      decoded.records.map(({ line, offset, length, content }) => [line, offset, length, content]),
    ).toEqual(places)
    expect(decoded.records.map(record => record.rowNumber)).toEqual(places.map(([line]) => line))
    expect(decoded.records.every(record => record.problem === undefined)).toBe(true)
    expect(decoded.end).toEqual({ ...end, rowNumber: end.line })
  })

  test('CR LF: a CR is white space after the object', async () => {
    const { records, end } = await decode('{"a":1}\r\n\r\n{"a":2}\r\n')
    expect(records.map(({ line, offset, content }) => [line, offset, content])).toEqual([
      [1, 0, { a: 1 }],
      [3, 11, { a: 2 }],
    ])
    expect(end).toEqual({ byte: 20, rowNumber: 3, line: 3 })
  })
})

test('decoding again from the offset of a record gives the remaining records', async () => {
  const bytes = Buffer.from('\ufeff{"a":1}\n\n{"é":"€"}\r\n{bad}\n[1]\n{"a":2}')
  const { records } = await decode(bytes)
  expect(records).toHaveLength(5)
  for (const [index, { offset, line }] of records.entries()) {
    const rest = await decodeChunks(decodeNdjson, [bytes.subarray(offset)], limits)
    const moved = rest.records.map(record => ({
      ...record,
      offset: record.offset + offset,
      line: record.line + line - 1,
      rowNumber: record.rowNumber + line - 1,
    }))
    expect(moved).toEqual(records.slice(index))
  }
})

test('values are JSON values, with their types', async () => {
  const line =
    '{"s":"","n":-0.5e1,"t":true,"f":false,"z":null,"a":[1,"x"],"o":{"k":{}},"u":"\\u00e9\\ud83d\\ude00"}'
  const { records } = await decode(line)
  expect(records[0]?.content).toEqual({
    s: '',
    n: -5,
    t: true,
    f: false,
    z: null,
    a: [1, 'x'],
    o: { k: {} },
    u: 'é😀',
  })
})

function decode(input: string | Buffer, options: DecodeOptions = limits) {
  return decodeEveryWay(decodeNdjson, input, options)
}
