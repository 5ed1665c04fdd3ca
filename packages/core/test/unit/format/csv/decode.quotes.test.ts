import { describe, expect, test } from 'vitest'
import { decodeEveryWay } from '../../../../../../test-support/decoding.ts'
import { decodeCsv } from '../../../../src/engine/format/csv/decode.ts'
import type { DecodeOptions } from '../../../../src/engine/format/format.ts'

const limits: DecodeOptions = { maxRecordBytes: 1024, maxColumns: 50 }

describe('quoted cells', () => {
  test.each<[name: string, input: string, cells: (string | null)[]]>([
    ['hold a comma', 'a,b\n"1,2",3', ['1,2', '3']],
    ['hold a line feed', 'a,b\n1,"x\ny"', ['1', 'x\ny']],
    ['hold CR LF as it is', 'a,b\n"x\r\ny",2\r\n', ['x\r\ny', '2']],
    ['hold a CR as it is', 'a,b\r"x\ry",2\r', ['x\ry', '2']],
    ['hold only line endings', 'a,b\n"\r\n\n\r",2', ['\r\n\n\r', '2']],
    ['hold a quote that is written twice', 'a,b\n1,"a""b"', ['1', 'a"b']],
    ['hold a single quote character', 'a,b\n"""",2', ['"', '2']],
    ['hold two quote characters', 'a,b\n"""""",2', ['""', '2']],
    ['begin with a quote character', 'a,b\n"""a",2', ['"a', '2']],
    ['end with a quote character', 'a,b\n1,"a"""', ['1', 'a"']],
    ['keep spaces', 'a,b\n" x ",2', [' x ', '2']],
    ['may follow a bare one', 'a,b\n1,"2"', ['1', '2']],
    ['may be followed by a bare one', 'a,b\n"1",2', ['1', '2']],
    ['hold multibyte text next to the quotes', 'a,b\n"é","😀"\n', ['é', '😀']],
    ['hold text that would end a COPY', 'a,b\n"x\n\\.\ny",2', ['x\n\\.\ny', '2']],
  ])('%s', async (_, input, cells) => {
    const { records, fault } = await decode(input)
    expect(fault).toBeUndefined()
    expect(records.map(record => record.content)).toEqual([cells])
  })

  test('may be the names of a header', async () => {
    const { header, records } = await decode('"id","na""me","x\ny"\n1,2,3\n')
    expect(header).toEqual(['id', 'na"me', 'x\ny'])
    expect(records).toEqual([
      {
        rowNumber: 2,
        line: 3,
        offset: 20,
        length: 5,
        raw: '1,2,3',
        content: ['1', '2', '3'],
        problem: undefined,
      },
    ])
  })
})

describe('an empty cell', () => {
  test.each<[name: string, input: string, cells: (string | null)[]]>([
    ['is null when it is bare', 'a,b,c\n,x,', [null, 'x', null]],
    ["is '' when it is quoted", 'a,b,c\n"","",""', ['', '', '']],
    ['is distinguished within one record', 'a,b,c\n"",,""\n', ['', null, '']],
    ['is distinguished at the end of the file', 'a,b,c\n,"",\n', [null, '', null]],
    ["is '' where it is the only one of a line", 'a\n""\n', ['']],
  ])('%s', async (_, input, cells) => {
    const { records } = await decode(input)
    expect(records.map(record => record.content)).toEqual([cells])
  })
})

function decode(input: string | Buffer, options: DecodeOptions = limits) {
  return decodeEveryWay(decodeCsv, input, options)
}
