// Elements of a JSON array: their values, their positions, and those that are not valid records.
import { describe, expect, test } from 'vitest'
import { decodeChunks, decodeEveryWay } from '../../../../../../test-support/decoding.ts'
import type { DecodeOptions } from '../../../../src/engine/format/format.ts'
import { decodeJson } from '../../../../src/engine/format/json/decode.ts'

const limits: DecodeOptions = { maxRecordBytes: 1024, maxColumns: 5 }

describe('good files', () => {
  test.each<[name: string, input: string, contents: unknown[]]>([
    ['an empty array', '[]', []],
    ['an empty array with white space', ' \r\n\t[ \n ] \n', []],
    ['one element', '[{"id":1}]', [{ id: 1 }]],
    ['a byte order mark', '\ufeff[{"id":1}]', [{ id: 1 }]],
    ['elements on lines', '[\n{"id":1},\n{"id":2}\n]\n', [{ id: 1 }, { id: 2 }]],
    [
      'pretty-printed elements',
      JSON.stringify([{ id: 1, a: [1, { b: 2 }] }, { id: 2 }], null, 2),
      [{ id: 1, a: [1, { b: 2 }] }, { id: 2 }],
    ],
    ['spaces everywhere', '[ { "id" : 1 } , { } ]', [{ id: 1 }, {}]],
    [
      'brackets, quotes and commas in text',
      '[{"a":"]},[{\\"\\\\"},{"b":"\\\\\\""}]',
      [{ a: ']},[{"\\' }, { b: '\\"' }],
    ],
    ['characters of many bytes', '[{"é":"😀"},{"a":"\\u00e9\\ud83d\\ude00"}]', [{ é: '😀' }, { a: 'é😀' }]],
    ['numbers of every kind', '[{"a":-0.5e1,"b":0,"c":1E+2}]', [{ a: -5, b: 0, c: 100 }]],
  ])('%s', async (_, input, contents) => {
    const { records, fault, end } = await decode(input)
    expect(fault).toBeUndefined()
    expect(records.map(record => record.content)).toEqual(contents)
    expect(records.map(record => record.problem)).toEqual(contents.map(() => undefined))
    expect(records.map(record => record.rowNumber)).toEqual(contents.map((_, index) => index + 1))
    expect(end).toEqual({
      byte: Buffer.byteLength(input),
      rowNumber: contents.length,
      line: input.split('\n').length - 1,
      expects: 'nothing',
    })
  })
})

test('an element has its offset, and the line where it begins', async () => {
  const { records } = await decode('\ufeff[\r\n  {"é":\n1},{"a":2}\n,\n\n{\n\n}]')
  expect(
    records.map(({ rowNumber, line, offset, length, raw }) => [rowNumber, line, offset, length, raw]),
  ).toEqual([
    [1, 2, 8, 9, '{"é":\n1}'],
    [2, 3, 18, 7, '{"a":2}'],
    [3, 6, 29, 4, '{\n\n}'],
  ])
})

describe('elements that are not objects', () => {
  test.each(['1', '-0.5e3', '"a"', '"]"', 'null', 'true', 'false', '[]', '[1]', '[{"id":1}]'])(
    '%s',
    async element => {
      const { records, fault } = await decode(`[${element},{"id":1} , ${element}\n]`)
      const wrong = {
        code: 'NOT_AN_OBJECT',
        message: 'The element is not a JSON object; each element must be one, such as {"field": value}.',
      }
      expect(fault).toBeUndefined()
      expect(records.map(({ raw, content, problem }) => ({ raw, content, problem }))).toEqual([
        { raw: element, content: undefined, problem: wrong },
        { raw: '{"id":1}', content: { id: 1 }, problem: undefined },
        { raw: element, content: undefined, problem: wrong },
      ])
    },
  )
})

describe('objects that would be changed by parsing', () => {
  test.each<[element: string, code: string]>([
    ['{"id":1,"id":2}', 'DUPLICATE_JSON_KEY'],
    ['{"id":1,"\\u0069d":2}', 'DUPLICATE_JSON_KEY'],
    ['{"__proto__":{"isAdmin":true}}', 'FORBIDDEN_KEY'],
    ['{"a":1,"b":1,"c":1,"d":1,"e":1,"f":1}', 'TOO_MANY_KEYS'],
  ])('%s is %s', async (element, code) => {
    const { records, fault } = await decode(`[${element},{"id":9}]`)
    expect(fault).toBeUndefined()
    expect(records.map(({ content, problem }) => [content, problem?.code])).toEqual([
      [undefined, code],
      [{ id: 9 }, undefined],
    ])
    expect({}).not.toHaveProperty('isAdmin')
  })

  test('keys of inner objects are not counted', async () => {
    const { records } = await decode(
      '[{"a":{"id":1,"x":{"id":2}},"b":[{"id":1},{"id":2},{"id":3},{"id":4}]}]',
    )
    expect(records[0]?.problem).toBeUndefined()
  })
})

describe('bytes that are not UTF-8', () => {
  test.each<[name: string, bytes: number[]]>([
    ['a byte that never occurs in UTF-8', [0xff]],
    ['Latin-1', [0xe9]],
    ['half of a surrogate pair', [0xed, 0xa0, 0x80]],
    ['a character that the quote cuts off', [0xf0, 0x9f, 0x98]],
  ])('%s: only that element is invalid', async (_, bytes) => {
    const input = Buffer.concat([Buffer.from('[{"a":"é'), Buffer.from(bytes), Buffer.from('"},{"a":"😀"}]')])
    const { records, fault } = await decode(input)
    expect(fault).toBeUndefined()
    expect(records.map(({ problem, offset, length }) => [problem?.code, offset, length])).toEqual([
      ['INVALID_ENCODING', 1, 10 + bytes.length],
      [undefined, 12 + bytes.length, 12],
    ])
  })
})

test('sixteen MiB of white space between elements are not buffered', async () => {
  const chunk = Buffer.alloc(64 * 1024, ' ')
  function* chunks() {
    yield Buffer.from('[{"a":1}')
    for (let count = 0; count < 256; count++) yield chunk
    yield Buffer.from(',\n{"a":2}]')
  }
  const { records } = await decodeChunks(decodeJson, chunks(), limits)
  expect(records.map(({ offset, line }) => [offset, line])).toEqual([
    [1, 1],
    [16_777_226, 2],
  ])
})

function decode(input: string | Buffer, options: DecodeOptions = limits) {
  return decodeEveryWay(decodeJson, input, options)
}
