// Files that are not a JSON array, or stop being one: the elements before the fault, and its position.
import { describe, expect, test } from 'vitest'
import { decodeChunks, decodeEveryWay } from '../../../../../../test-support/decoding.ts'
import type { DecodeOptions } from '../../../../src/engine/format/format.ts'
import { decodeJson } from '../../../../src/engine/format/json/decode.ts'

const limits: DecodeOptions = { maxRecordBytes: 200, maxColumns: 50 }

const at = (what: string, line: number) =>
  `FILE_PARSE_ERROR: ${what}, on line ${line}; correct it there. The elements before it were read.`
const noArray = (hint: string) => `FILE_PARSE_ERROR: The file is not a JSON array. ${hint}.`
const brackets = 'Put the objects between [ and ], with commas between them'
const objects =
  'If it has one object a line, its format is ndjson; if the array lies inside an object, send the array alone'
const cutOff = 'The file ends before its array does'

describe('files without an array', () => {
  test.each<[name: string, input: string, fault: string]>([
    [
      'nothing',
      '',
      'FILE_EMPTY: The file is empty; a JSON file holds one array, which is [] if there is nothing in it.',
    ],
    [
      'white space',
      ' \n\t',
      'FILE_EMPTY: The file is empty; a JSON file holds one array, which is [] if there is nothing in it.',
    ],
    ['an object without records', '{"data":[1],"total":1}', noArray(objects)],
    ['objects by line', '{"id":1}\n{"id":2}\n', noArray(objects)],
    ['a number', '1', noArray(brackets)],
    ['text', 'id,name\n1,a\n', noArray(brackets)],
    ['a form feed', '\f[]', noArray(brackets)],
    [
      'UTF-16 without a mark',
      '\0[\0]',
      noArray('It may be UTF-16 without a byte order mark; declare the encoding'),
    ],
    ['a second byte order mark', '\ufeff\ufeff[]', noArray(brackets)],
  ])('%s', async (_, input, fault) => {
    const decoded = await decode(input)
    expect(decoded.fault).toBe(fault)
    expect(decoded.records).toEqual([])
  })
})

describe('files that stop being an array', () => {
  test.each<[name: string, input: string, fault: string, good: number]>([
    ['only the bracket', '[', at(cutOff, 1), 0],
    ['cut in the first element', '[{"id":1', at(cutOff, 1), 0],
    ['cut in a later element', '[{"id":1},\n{"id":', at(`${cutOff}, after element 1`, 2), 1],
    ['cut in a text', '[{"id":1},"a', at(`${cutOff}, after element 1`, 1), 1],
    ['cut after a backslash', '[{"id":1},"a\\', at(`${cutOff}, after element 1`, 1), 1],
    ['cut after an element', '[{"id":1}\n', at(`${cutOff}, after element 1`, 2), 1],
    ['cut after a comma', '[{"id":1},\n', at(`${cutOff}, after element 1`, 2), 1],
    ['cut in a number, which may be a part of one', '[{"id":1},12', at(`${cutOff}, after element 1`, 1), 1],
    ['a comma before the end', '[{"id":1},\n]', at('A comma is not followed by an element', 2), 1],
    ['a comma at the beginning', '[,{"id":1}]', at('A comma is not followed by an element', 1), 0],
    ['two commas', '[{"id":1},,{"id":2}]', at('A comma is not followed by an element', 1), 1],
    [
      'no comma',
      '[{"id":1}\n{"id":2}]',
      at('Element 1 is followed by neither a comma nor the end of the array', 2),
      1,
    ],
    [
      'no comma after a number',
      '[1{"id":2}]',
      at('Element 1 is followed by neither a comma nor the end of the array', 1),
      1,
    ],
    [
      'a form feed after an element',
      '[{"id":1}\f]',
      at('Element 1 is followed by neither a comma nor the end of the array', 1),
      1,
    ],
    ['a form feed before an element', '[{"id":1},\f{"id":2}]', at('Element 2 is not valid JSON', 1), 1],
    [
      'a byte that is not UTF-8 between elements',
      '[{"id":1}\x80]',
      at('Element 1 is followed by neither a comma nor the end of the array', 1),
      1,
    ],
    ['text after the array', '[{"id":1}] x', at('Something follows the end of the array', 1), 1],
    ['a second array', '[{"id":1}]\n[2]', at('Something follows the end of the array', 2), 1],
    ['a comma after the array', '[],', at('Something follows the end of the array', 1), 0],
    ['a comment', '[{"id":1}, // x\n{"id":2}]', at('Element 2 is not valid JSON', 1), 1],
    ['a TAB within a text', '[{"id":1},{"id":"a\tb"},{"id":3}]', at('Element 2 is not valid JSON', 1), 1],
    ['a line ending within a text', '[{"id":1},\n{"id":"a\nb"}]', at('Element 2 is not valid JSON', 2), 1],
    ['NUL within a text', '["a\0b"]', at('Element 1 is not valid JSON', 1), 0],
    [
      'a text that is never closed',
      '[{"id":1},{"id":"a},\n{"id":3}]',
      at('Element 2 is not valid JSON', 1),
      1,
    ],
    ['a bracket of the wrong kind', '[{"id":[1},{"id":2}]', at('Element 1 is not valid JSON', 1), 0],
    [
      'a bracket of the wrong kind before more bytes than an element has',
      `[{"id":[1},"${'x'.repeat(300)}"]`,
      at('Element 1 is not valid JSON', 1),
      0,
    ],
    ['a comma within an object', '[{"id":1,},{"id":2}]', at('Element 1 is not valid JSON', 1), 0],
    ['single quotes', "[{'id':1}]", at('Element 1 is not valid JSON', 1), 0],
    ['NaN', '[NaN]', at('Element 1 is not valid JSON', 1), 0],
    ['a leading zero', '[{"id":1},01]', at('Element 2 is not valid JSON', 1), 1],
    ['an unknown word', '[nul]', at('Element 1 is not valid JSON', 1), 0],
    ['a colon', '[:]', at('Element 1 is not valid JSON', 1), 0],
    ['a closing brace', '[}]', at('Element 1 is not valid JSON', 1), 0],
    ['an unknown escape', '["\\x41"]', at('Element 1 is not valid JSON', 1), 0],
  ])('%s', async (_, input, fault, good) => {
    const decoded = await decode(Buffer.from(input, input.includes('\x80') ? 'latin1' : 'utf8'))
    expect(decoded.fault).toBe(fault)
    expect(decoded.records).toHaveLength(good)
  })
})

describe('limits', () => {
  const tooLarge = (element: number, line: number) =>
    `RECORD_TOO_LARGE: Element ${element}, which begins on line ${line}, has more than 200 bytes. Either a quote or bracket is not closed there, or the array lies deeper in the file, or the record is longer than the limit: correct the file, or raise the limit (maxRecordBytes, IMPORT_MAX_RECORD_BYTES, --max-record-bytes).`

  test('an element of the maximum length is read', async () => {
    const element = `{"a":"${'x'.repeat(192)}"}`
    const { records, fault } = await decode(`[${element},${'1'.repeat(200)},${element}]`)
    expect(fault).toBeUndefined()
    expect(records.map(record => record.length)).toEqual([200, 200, 200])
  })

  test.each<[name: string, element: string]>([
    ['an object', `{"a":"${'x'.repeat(193)}"}`],
    ['a much longer object', `{"a":"${'x'.repeat(500)}"}`],
    ['characters of many bytes', `{"a":"${'é'.repeat(97)}"}`],
    ['a number', '1'.repeat(201)],
    ['a text', `"${'x'.repeat(300)}"`],
    ['white space within', `{${' '.repeat(300)}}`],
    ['invalid JSON after the limit', `{"a":"${'x'.repeat(250)}\t"}`],
  ])('%s beyond it is a fault, reported after the elements before it', async (_, element) => {
    const { records, fault, end } = await decode(`[{"id":1},\n${element},{"id":3}]`)
    expect(fault).toBe(tooLarge(2, 2))
    expect(records).toHaveLength(1)
    expect(end).toEqual({ byte: 11, rowNumber: 1, line: 1 })
  })

  test.each<[levels: number, fault: string | undefined]>([
    [65, undefined],
    [66, at('Element 2 is nested more than 65 levels deep', 1)],
  ])('%d levels of an element', async (levels, expected) => {
    const element = `${'['.repeat(levels)}${']'.repeat(levels)}`
    expect((await decode(`[{"id":1},${element}]`)).fault).toBe(expected)
  })

  test('a million brackets are one fault', async () => {
    const { fault } = await decodeChunks(decodeJson, [Buffer.alloc(1_000_000, '[')], {
      ...limits,
      maxRecordBytes: 2_000_000,
    })
    expect(fault).toBe(at('Element 1 is nested more than 65 levels deep', 1))
  })
})

function decode(input: string | Buffer, options: DecodeOptions = limits) {
  return decodeEveryWay(decodeJson, input, options)
}
