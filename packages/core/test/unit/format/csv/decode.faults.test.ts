import { describe, expect, test } from 'vitest'
import { decodeChunks, decodeEveryWay } from '../../../../../../test-support/decoding.ts'
import { decodeCsv } from '../../../../src/engine/format/csv/decode.ts'
import type { DecodeOptions } from '../../../../src/engine/format/format.ts'

const limits: DecodeOptions = { maxRecordBytes: 1024, maxColumns: 50 }

const neverClosed = (line: number) =>
  `FILE_PARSE_ERROR: A quoted cell is never closed, in the record that begins on line ${line}; correct the quotes there. The records before it were read.`
const inside = (line: number) =>
  `FILE_PARSE_ERROR: A quote appears inside an unquoted cell, in the record that begins on line ${line}; correct the quotes there. The records before it were read.`
const follows = (line: number) =>
  `FILE_PARSE_ERROR: Text follows the closing quote of a cell, in the record that begins on line ${line}; correct the quotes there. The records before it were read.`

describe('invalid quoting', () => {
  test.each<[name: string, input: string, fault: string, cells: string[][], endByte: number]>([
    ['a quote that is never closed', 'id,name\n"1,a\n2,b\n', neverClosed(2), [], 8],
    ['a quote that is opened by the last byte', 'id,name\n1,a\n2,"', neverClosed(3), [['1', 'a']], 12],
    ['a quote whose last quotes are data', 'id,name\n1,a\n2,"x""', neverClosed(3), [['1', 'a']], 12],
    ['three quotes at the end', 'id,name\n"""', neverClosed(2), [], 8],
    ['a header that is never closed', '"id,name\n1,a', neverClosed(1), [], 0],
    ['a quote inside an unquoted cell', 'id,name\n1,fo"o\n2,c', inside(2), [], 8],
    ['a quote at the end of a bare cell', 'id,name\n1,foo"\n2,c', inside(2), [], 8],
    ['a space before a quote', 'id,name\n1, "a"\n', inside(2), [], 8],
    ['a quote inside a name', 'i"d,name\n1,a\n', inside(1), [], 0],
    ['text after a closing quote', 'id,name\n1,a\n2,"b"c\n3,d', follows(3), [['1', 'a']], 12],
    ['a space after a closing quote', 'id,name\n"1" ,a\n', follows(2), [], 8],
    ['NUL after a closing quote', 'id,name\n"1"\0,a\n', follows(2), [], 8],
    [
      'a line ending counts within the record',
      'id,name\n1,"a\nb"\n2,"c\nd"x\n',
      follows(4),
      [['1', 'a\nb']],
      16,
    ],
    ['multibyte text before it', 'id,né\n1,€\n2,"😀"é\n', follows(3), [['1', '€']], 13],
    ['a byte order mark within a quoted name', 'id,\ufeff"name"\n1,a\n', inside(1), [], 0],
  ])('%s', async (_, input, fault, cells, endByte) => {
    const decoded = await decode(input)
    expect(decoded.fault).toBe(fault)
    expect(decoded.records.map(record => record.content)).toEqual(cells)
    expect(decoded.end?.byte).toBe(endByte)
  })

  test('a thousand good records come before the fault of the next', async () => {
    const good = Array.from({ length: 1000 }, (_, index) => `${index},name ${index}\n`).join('')
    const { records, fault, end } = await decode(`id,name\n${good}"open,x\n1,y\n`, {
      maxRecordBytes: 1_000_000,
      maxColumns: 50,
    })
    expect(fault).toBe(neverClosed(1002))
    expect(records).toHaveLength(1000)
    expect(records.at(-1)?.content).toEqual(['999', 'name 999'])
    expect(end).toEqual({ byte: 8 + good.length, rowNumber: 1001, line: 1001 })
  })
})

describe('files without a header', () => {
  test.each<[name: string, input: string, end: { byte: number; rowNumber: number; line: number }]>([
    ['no bytes at all', '', { byte: 0, rowNumber: 0, line: 0 }],
    ['blank lines only', '\n\n', { byte: 2, rowNumber: 0, line: 2 }],
    ['blank lines of every kind', '\r\n\r\n\n\r\r', { byte: 7, rowNumber: 0, line: 5 }],
  ])('%s', async (_, input, end) => {
    const decoded = await decode(input)
    expect(decoded.fault).toBe('FILE_EMPTY: The file is empty; a CSV file begins with a header line.')
    expect(decoded).toMatchObject({ header: undefined, records: [], end })
  })

  test('a source of empty chunks is an empty file', async () => {
    const { fault } = await decodeChunks(decodeCsv, [Buffer.alloc(0), Buffer.alloc(0)], limits)
    expect(fault).toBe('FILE_EMPTY: The file is empty; a CSV file begins with a header line.')
  })
})

test('empty chunks between others change nothing', async () => {
  const empty = Buffer.alloc(0)
  const chunks = ['a,b\r', '\n1,', '2', '\n'].flatMap(text => [empty, Buffer.from(text), empty])
  expect(await decodeChunks(decodeCsv, chunks, limits)).toEqual({
    header: ['a', 'b'],
    records: [
      { rowNumber: 2, line: 2, offset: 5, length: 3, raw: '1,2', content: ['1', '2'], problem: undefined },
    ],
    end: { byte: 9, rowNumber: 2, line: 2 },
    fault: undefined,
  })
})

function decode(input: string | Buffer, options: DecodeOptions = limits) {
  return decodeEveryWay(decodeCsv, input, options)
}
