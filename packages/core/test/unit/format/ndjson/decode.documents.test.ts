// Files that are one JSON document or have objects over several lines instead of NDJSON: one fault that says so.
import { describe, expect, test } from 'vitest'
import { decodeEveryWay } from '../../../../../../test-support/decoding.ts'
import type { DecodeOptions } from '../../../../src/engine/format/format.ts'
import { decodeNdjson } from '../../../../src/engine/format/ndjson/decode.ts'

const limits: DecodeOptions = { maxRecordBytes: 1024, maxColumns: 50 }

const decode = (input: string | Buffer, options: Partial<DecodeOptions> = {}) =>
  decodeEveryWay(decodeNdjson, input, { ...limits, ...options })

const wrapped = (paths: string) =>
  `FILE_PARSE_ERROR: The file is one JSON object and not one object a line; records were found at ${paths}. Send these records alone: as one JSON array, or as one object a line.`
const spread = (where: string) =>
  `FILE_PARSE_ERROR: The objects of the file are spread over lines: ${where}. Put each object on one line, or put them between [ and ], with commas between them, and name the format json.`
const array = 'FILE_PARSE_ERROR: The file is a JSON array; its format is json.'

const pretty = (value: unknown) => JSON.stringify(value, null, 2)
const two = [{ name: 'a' }, { name: 'b' }]

describe('one fault and no record', () => {
  test.each<[name: string, input: string, fault: string]>([
    ['an envelope over lines', pretty({ data: two, total: 2 }), wrapped('data (2)')],
    ['an envelope in an envelope', pretty({ result: { items: two } }), wrapped('result.items (2)')],
    ['an envelope with CR LF', pretty({ data: two }).replaceAll('\n', '\r\n'), wrapped('data (2)')],
    ['an envelope after blank lines', `\n \r\n${pretty({ data: two })}\n\n`, wrapped('data (2)')],
    ['an envelope after a byte order mark', `\ufeff${pretty({ data: two })}`, wrapped('data (2)')],
    ['an envelope with a record a line', `{"data":[\n{"name":"a"},\n{"name":"b"}\n]}\n`, wrapped('data (2)')],
    ['objects by name', pretty({ x: { name: 'a' }, y: { name: 'b' } }), wrapped('the outermost keys (2)')],
    ['a truncated envelope', pretty({ data: two }).slice(0, -18), wrapped('data (at least 2)')],
    ['one object over lines', pretty({ name: 'a', score: 1 }), spread('the first one takes lines 1 to 4')],
    ['objects over lines', two.map(pretty).join('\n'), spread('the first one takes lines 1 to 3')],
    [
      'objects over lines with commas',
      two.map(pretty).join(',\n'),
      spread('the first one takes lines 1 to 3'),
    ],
    [
      'a truncated object over lines',
      '{\n  "name": "a",\n  "score": 1',
      spread('the first one does not end on its line'),
    ],
    ['an array over lines', pretty(two), array],
    ['an array with an element a line', '[{"name":"a"},\n{"name":"b"}]\n', array],
    ['a truncated array', '[\n{"name":"a"},\n{"name"', array],
  ])('%s', async (_, input, fault) => {
    const decoded = await decode(input)
    expect(decoded).toMatchObject({ records: [], fault, end: { byte: 0, rowNumber: 0, line: 0 } })
  })
})

describe('NDJSON all the same', () => {
  test.each<[name: string, input: string, problems: (string | undefined)[]]>([
    ['an envelope on one line, which the fields decide about', '{"data":[{"name":"a"}]}\n', [undefined]],
    ['a truncated first line', '{"name":"a\n{"name":"b"}\n', ['FILE_PARSE_ERROR', undefined]],
    ['a first line without its bracket', '{"name":"a"\n{"name":"b"}\n', ['FILE_PARSE_ERROR', undefined]],
    ['a first line of a bracket', '{\n{"name":"b"}\n', ['FILE_PARSE_ERROR', undefined]],
    [
      'a first line that ends in a list',
      '{"a":[\n{"b":1}\n{"b":2}\n',
      ['FILE_PARSE_ERROR', undefined, undefined],
    ],
    ['a first line with a comma too many', '{"a":1},\n{"a":2}\n', ['FILE_PARSE_ERROR', undefined]],
    [
      'an object over lines after a good one',
      '{"a":1}\n{\n"a":2}\n',
      [undefined, 'FILE_PARSE_ERROR', 'FILE_PARSE_ERROR'],
    ],
    ['an array on one line', '[{"a":1}]\n{"a":2}\n', ['NOT_AN_OBJECT', undefined]],
  ])('%s', async (_, input, problems) => {
    const { records, fault } = await decode(input)
    expect(fault).toBeUndefined()
    expect(records.map(({ problem }) => problem?.code)).toEqual(problems)
  })
})

test('a line that is too long and the whole file says what the file is', async () => {
  const line = JSON.stringify({ data: Array.from({ length: 30 }, (_, index) => ({ n: index })) })
  const { records } = await decode(`${line}\n{"n":1}\n`, { maxRecordBytes: 100 })
  expect(records.map(({ problem }) => problem?.code)).toEqual(['RECORD_TOO_LARGE', undefined])
  expect(records[0]?.problem?.fileFault?.message).toContain('records were found at data (at least 12)')
  const later = await decode(`{"n":1}\n${line}\n`, { maxRecordBytes: 100 })
  expect(later.records[1]?.problem?.fileFault).toBeUndefined()
})

test('a long file is examined up to 1 MiB', async () => {
  const record = JSON.stringify({ name: 'x'.repeat(1000) })
  async function* file() {
    yield Buffer.from('{"data":[\n')
    for (let count = 0; count < 3_000; count++) yield Buffer.from(`${record},\n`)
    throw new Error('It was read to its end.')
  }
  const batches = []
  for await (const batch of decodeNdjson(file(), { ...limits, maxRecordBytes: 10_000 })) batches.push(batch)
  expect(batches.at(-1)?.fault?.message).toContain('records were found at data (at least 1036)')
})
