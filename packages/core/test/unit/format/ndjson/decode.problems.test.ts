import { describe, expect, test } from 'vitest'
import { decodeChunks, decodeEveryWay } from '../../../../../../test-support/decoding.ts'
import type { DecodeOptions } from '../../../../src/engine/format/format.ts'
import { decodeNdjson } from '../../../../src/engine/format/ndjson/decode.ts'

const limits: DecodeOptions = { maxRecordBytes: 1024, maxColumns: 50 }

const notJson = {
  code: 'FILE_PARSE_ERROR',
  message: 'The line is not valid JSON; each line must be one whole object.',
}
const notAnObject = {
  code: 'NOT_AN_OBJECT',
  message: 'The line is not a JSON object; each line must be one, such as {"field": value}.',
}
const arrayHint = ' If the file is one JSON array, its format is json.'
const spreadHint = ' If the objects are spread over lines, put each of them on one.'

describe('lines that are not valid JSON', () => {
  test.each<[name: string, line: string]>([
    ['bare words', '{bad}'],
    ['a cut object', '{"id":'],
    ['a cut string', '{"id":"a'],
    ['two objects', '{"id":1}{"id":2}'],
    ['two objects with a comma', '{"id":1},{"id":2}'],
    ['an object with a comma after it', '{"id":1},'],
    ['a comment after the object', '{"id":1} // x'],
    ['a comment', '# x'],
    ['a comma after the last member', '{"id":1,}'],
    ['single quotes', "{'id':1}"],
    ['keys without quotes', '{id:1}'],
    ['NaN', '{"id":NaN}'],
    ['Infinity', '{"id":Infinity}'],
    ['a hexadecimal number', '{"id":0x10}'],
    ['a leading zero', '{"id":01}'],
    ['a plus sign', '{"id":+1}'],
    ['a TAB within a string', '{"id":"a\tb"}'],
    ['NUL within a string', '{"id":"a\0b"}'],
    ['NUL alone', '\0'],
    ['a form feed between tokens', '{"id":\f1}'],
    ['a byte order mark within the file', '\ufeff{"id":1}'],
    ['an unknown escape', '{"id":"\\x41"}'],
    ['the last line of a pretty-printed object', '}'],
    ['a line of a pretty-printed object', '  "id": 1'],
    ['a CSV header', 'id,name'],
  ])('%s', async (_, line) => {
    const { records } = await decode(`{"id":0}\n\n${line}\n{"id":9}\n`)
    const length = Buffer.byteLength(line)
    expect(records).toEqual([
      {
        rowNumber: 1,
        line: 1,
        offset: 0,
        length: 8,
        raw: '{"id":0}',
        content: { id: 0 },
        problem: undefined,
      },
      { rowNumber: 3, line: 3, offset: 10, length, raw: line, content: undefined, problem: notJson },
      {
        rowNumber: 4,
        line: 4,
        offset: 11 + length,
        length: 8,
        raw: '{"id":9}',
        content: { id: 9 },
        problem: undefined,
      },
    ])
  })

  test.each<[name: string, line: string, hint: string]>([
    ['the first line of a JSON array', '[{"id":1},', arrayHint],
    ['the only bracket on the first line of a JSON array', '[', arrayHint],
    ['the first line of a pretty-printed object', '{', spreadHint],
    ['the first line of a pretty-printed object with CR LF', '{\r', spreadHint],
  ])('%s: the message says what the file may be', async (_, line, hint) => {
    const { records } = await decode(`${line}\n{"id":9}\n{"id":8}\n`)
    expect(records.map(record => record.problem)).toEqual([
      { ...notJson, message: notJson.message + hint },
      undefined,
      undefined,
    ])
  })

  test('a truncated last line', async () => {
    const { records } = await decode('{"id":1}\n{"id":')
    expect(records.map(({ line, problem }) => [line, problem?.code])).toEqual([
      [1, undefined],
      [2, 'FILE_PARSE_ERROR'],
    ])
  })
})

describe('lines that are JSON, but not an object', () => {
  test.each<[line: string, hint: string]>([
    ['[1]', arrayHint],
    ['[]', arrayHint],
    ['[{"id":1}]', arrayHint],
    ['1', ''],
    ['-0.5', ''],
    ['"x"', ''],
    ['null', ''],
    ['true', ''],
    ['false', ''],
  ])('%s', async (line, hint) => {
    const { records } = await decode(`${line}\n{"id":1}`)
    const problem = { ...notAnObject, message: notAnObject.message + hint }
    expect(records.map(({ raw, content, problem }) => ({ raw, content, problem }))).toEqual([
      { raw: line, content: undefined, problem },
      { raw: '{"id":1}', content: { id: 1 }, problem: undefined },
    ])
  })
})

describe('objects that would be changed by parsing', () => {
  test.each<[name: string, line: string]>([
    ['a key twice', '{"id":1,"id":2}'],
    ['a key twice with the same value', '{"id":1,"name":"x","id":1}'],
    ['a key and its escaped twin', '{"id":1,"\\u0069d":2}'],
    ['an empty key twice', '{"":1,"":2}'],
    ['a numeric key twice', '{"1":1,"0":2,"1":3}'],
    ['with text that holds quotes, colons and braces', '{"id":"\\"},:{","n":{"a":1},"id":"\\\\"}'],
  ])('%s is DUPLICATE_JSON_KEY', async (_, line) => {
    const { records } = await decode(`${line}\n{"id":9}`)
    expect(records.map(({ content, problem }) => ({ content, problem }))).toEqual([
      {
        content: undefined,
        problem: {
          code: 'DUPLICATE_JSON_KEY',
          message: 'The object has the same key twice, and one of the two values would be lost.',
        },
      },
      { content: { id: 9 }, problem: undefined },
    ])
  })

  test.each<[name: string, line: string]>([
    ['__proto__', '{"__proto__":{"isAdmin":true},"id":1}'],
    ['an escaped __proto__', '{"\\u005f_proto__":1}'],
  ])('%s is FORBIDDEN_KEY, and nothing inherits from it', async (_, line) => {
    const { records } = await decode(`${line}\n{"id":9}`)
    expect(records.map(({ content, problem }) => ({ content, problem }))).toEqual([
      {
        content: undefined,
        problem: { code: 'FORBIDDEN_KEY', message: 'The object has the key "__proto__"; remove it.' },
      },
      { content: { id: 9 }, problem: undefined },
    ])
    expect({}).not.toHaveProperty('isAdmin')
  })

  test('other names of object members are keys like any other', async () => {
    const { records } = await decode('{"constructor":1,"toString":2,"hasOwnProperty":3,"prototype":4}')
    expect(Object.entries(records[0]?.content ?? {})).toEqual([
      ['constructor', 1],
      ['toString', 2],
      ['hasOwnProperty', 3],
      ['prototype', 4],
    ])
  })
})

describe('keys of one object', () => {
  const wide = (keys: number) =>
    JSON.stringify(Object.fromEntries(Array.from({ length: keys }, (_, n) => [`k${n}`, { a: n, b: n }])))

  test.each<[keys: number, problem: unknown]>([
    [3, undefined],
    [4, { code: 'TOO_MANY_KEYS', message: 'The object has 4 keys; the limit is 3.' }],
  ])('%d of 3', async (keys, problem) => {
    const { records } = await decode(`${wide(keys)}\n{"id":1}`, { maxRecordBytes: 1024, maxColumns: 3 })
    expect(records.map(record => record.problem)).toEqual([problem, undefined])
  })

  test('a hundred thousand are one record with a problem', async () => {
    const { records } = await decodeChunks(decodeNdjson, [Buffer.from(`${wide(100_000)}\n{"id":1}\n`)], {
      maxRecordBytes: 10_000_000,
      maxColumns: 500,
    })
    expect(records.map(record => record.problem?.code)).toEqual(['TOO_MANY_KEYS', undefined])
  })
})

describe('nesting', () => {
  const nested = (levels: number) => `{"id":${'['.repeat(levels)}${']'.repeat(levels)}}`
  const tooDeep = {
    code: 'TOO_DEEP',
    message: 'The values of the object are nested more than 64 levels deep.',
  }

  test.each<[levels: number, problem: unknown]>([
    [64, undefined],
    [65, tooDeep],
    [200, tooDeep],
  ])('%d levels below the object', async (levels, problem) => {
    const { records } = await decode(`${nested(levels)}\n{"id":1}`)
    expect(records.map(record => record.problem)).toEqual([problem, undefined])
  })

  test('brackets in strings do not count', async () => {
    const { records } = await decode(JSON.stringify({ id: '[{'.repeat(100) }))
    expect(records[0]?.problem).toBeUndefined()
  })

  test('half a million levels are one record with a problem', async () => {
    const bytes = Buffer.from(`${nested(500_000)}\n{"id":1}\n`)
    const { records } = await decodeChunks(decodeNdjson, [bytes], {
      maxRecordBytes: 2_000_000,
      maxColumns: 50,
    })
    expect(records.map(record => record.problem)).toEqual([tooDeep, undefined])
  })
})

function decode(input: string | Buffer, options: DecodeOptions = limits) {
  return decodeEveryWay(decodeNdjson, input, options)
}
