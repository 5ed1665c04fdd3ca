import { describe, expect, test } from 'vitest'
import { decodeEveryWay } from '../../../../../../test-support/decoding.ts'
import { decodeCsv } from '../../../../src/engine/format/csv/decode.ts'
import type { DecodeOptions } from '../../../../src/engine/format/format.ts'

const limits: DecodeOptions = { maxRecordBytes: 10, maxColumns: 3 }

const tooLarge = (line: number) =>
  `RECORD_TOO_LARGE: The record that begins on line ${line} has more than 10 bytes. Either a quote is not closed there, or the file is not CSV, or the record is longer than the limit: correct the file, or raise the limit (maxRecordBytes, IMPORT_MAX_RECORD_BYTES, --max-record-bytes).`
const inside = (line: number) =>
  `FILE_PARSE_ERROR: A quote appears inside an unquoted cell, in the record that begins on line ${line}; correct the quotes there. The records before it were read.`
const follows = (line: number) =>
  `FILE_PARSE_ERROR: Text follows the closing quote of a cell, in the record that begins on line ${line}; correct the quotes there. The records before it were read.`
const neverClosed = (line: number) =>
  `FILE_PARSE_ERROR: A quoted cell is never closed, in the record that begins on line ${line}; correct the quotes there. The records before it were read.`
const notUtf8 = (byte: number, line: number) =>
  `ENCODING_INVALID: The file is not UTF-8: byte ${byte} (line ${line} or later) does not begin a character. Save it as UTF-8, or say which encoding it has.`

type End = { byte: number; rowNumber: number; line: number }

describe('a record of the maximum length is read', () => {
  test.each<[name: string, input: string, cells: (string | null)[][]]>([
    [
      'bare, with LF',
      'a,b\n1234,67890\nx,y\n',
      [
        ['1234', '67890'],
        ['x', 'y'],
      ],
    ],
    [
      'bare, with CR LF, which does not count',
      'a,b\r\n1234,67890\r\nx,y\r\n',
      [
        ['1234', '67890'],
        ['x', 'y'],
      ],
    ],
    [
      'bare, with CR',
      'a,b\r1234,67890\rx,y\r',
      [
        ['1234', '67890'],
        ['x', 'y'],
      ],
    ],
    ['bare, at the end of the file', 'a,b\n1234,67890', [['1234', '67890']]],
    ['quoted, at the end of the file', 'a,b\n1234,"789"', [['1234', '789']]],
    ['quoted, with CR LF', 'a,b\r\n1234,"789"\r\n', [['1234', '789']]],
    ['of characters of two bytes', 'a,b\n1,éééé\n', [['1', 'éééé']]],
    ['as a header', 'abcd,fghij\n1,2\n', [['1', '2']]],
  ])('%s', async (_, input, cells) => {
    const { records, fault } = await decode(input)
    expect(fault).toBeUndefined()
    expect(records.map(record => record.content)).toEqual(cells)
  })
})

describe('a longer record is a fault, reported after the records before it', () => {
  test.each<[name: string, input: string, fault: string, cells: string[][], end: End]>([
    [
      'one byte more',
      'a,b\n1,2\n1234,678901\n3,4\n',
      tooLarge(3),
      [['1', '2']],
      { byte: 8, rowNumber: 2, line: 2 },
    ],
    [
      'one byte more with CR LF',
      'a,b\r\n1234,678901\r\n',
      tooLarge(2),
      [],
      { byte: 5, rowNumber: 1, line: 1 },
    ],
    [
      'one byte more at the end of the file',
      'a,b\n1234,678901',
      tooLarge(2),
      [],
      { byte: 4, rowNumber: 1, line: 1 },
    ],
    [
      'many bytes more',
      `a,b\n1,${'x'.repeat(100)}\n3,4\n`,
      tooLarge(2),
      [],
      { byte: 4, rowNumber: 1, line: 1 },
    ],
    [
      'quoted lines',
      'a,b\n1,2\n"\n\n\n\n\n\n\n\n\n",2\n3,4\n',
      tooLarge(3),
      [['1', '2']],
      { byte: 8, rowNumber: 2, line: 2 },
    ],
    [
      'six characters of two bytes',
      'a,b\néééééé\n3,4\n',
      tooLarge(2),
      [],
      { byte: 4, rowNumber: 1, line: 1 },
    ],
    ['a header', 'abcd,fghijk\n1,2\n', tooLarge(1), [], { byte: 0, rowNumber: 0, line: 0 }],
    [
      'a header after blank lines',
      '\r\n\nabcd,fghijk\n1,2\n',
      tooLarge(3),
      [],
      { byte: 3, rowNumber: 0, line: 2 },
    ],
    [
      'a quote that is never closed',
      'a,b\n1,"2345678\n3,4\n',
      tooLarge(2),
      [],
      { byte: 4, rowNumber: 1, line: 1 },
    ],
  ])('%s', async (_, input, fault, cells, end) => {
    const decoded = await decode(input)
    expect(decoded.fault).toBe(fault)
    expect(decoded.records.map(record => record.content)).toEqual(cells)
    expect(decoded.end).toEqual(end)
  })
})

describe('of two faults in one record, the first in bytes is reported', () => {
  test.each<[name: string, input: string, fault: string]>([
    ['a quote after as many bytes as are allowed', 'a,b\n1234,67890"x\n', inside(2)],
    ['a quote after one byte more', 'a,b\n1234,678901"x\n', tooLarge(2)],
    ['a quote after ten bytes of five characters', 'a,b\nééééé"x\n', inside(2)],
    ['a quote after twelve bytes of six characters', 'a,b\néééééé"x\n', tooLarge(2)],
    ['text after a quoted cell of ten bytes', 'a,b\n"12345678"x\n', follows(2)],
    ['text after a quoted cell of twelve bytes of seven characters', 'a,b\n"ééééé"x\n', tooLarge(2)],
    ['a quote that is open for ten bytes', 'a,b\n"123456789', neverClosed(2)],
    ['a quote that is open for eleven bytes of six characters', 'a,b\n"ééééé', tooLarge(2)],
    ['a wrong quote in a later record', 'a,b\n1234,678901\nx"y\n', tooLarge(2)],
    ['a wrong quote in an earlier record', 'a,b\nx"y\n1234,678901\n', inside(2)],
  ])('%s', async (_, input, fault) => {
    expect((await decode(input)).fault).toBe(fault)
  })

  test.each<[name: string, before: string, fault: string]>([
    ['an invalid byte after as many bytes as are allowed', 'a,b\n1234,67890', notUtf8(14, 2)],
    ['an invalid byte after one byte more', 'a,b\n1234,678901', tooLarge(2)],
    ['an invalid byte much later', `a,b\n1,2\n${'x'.repeat(50)}`, tooLarge(3)],
    ['an invalid byte after ten bytes of five characters', 'a,b\nééééé', notUtf8(14, 2)],
    ['an invalid byte after twelve bytes of six characters', 'a,b\néééééé', tooLarge(2)],
    ['an invalid byte after a wrong quote', 'a,b\nx"y', inside(2)],
  ])('%s', async (_, before, fault) => {
    const input = Buffer.concat([Buffer.from(before), Buffer.from([0xff]), Buffer.from('\n3,4\n')])
    expect((await decode(input)).fault).toBe(fault)
  })
})

describe('columns of a header', () => {
  test('as many as are allowed are read', async () => {
    const { header, records, fault } = await decode('a,b,c\n1,2,3\n')
    expect(fault).toBeUndefined()
    expect(header).toEqual(['a', 'b', 'c'])
    expect(records).toHaveLength(1)
  })

  test.each<[name: string, input: string, end: End]>([
    ['more are a fault before the first record', 'a,b,c,d\n1,2,3,4\n', { byte: 0, rowNumber: 0, line: 0 }],
    ['without a record', 'a,b,c,d', { byte: 0, rowNumber: 0, line: 0 }],
    ['after blank lines', '\n\r\na,b,c,d\n1,2,3,4\n', { byte: 3, rowNumber: 0, line: 2 }],
    ['after a byte order mark', '\ufeffa,b,c,d\n', { byte: 3, rowNumber: 0, line: 0 }],
  ])('%s', async (_, input, end) => {
    const decoded = await decode(input)
    expect(decoded.fault).toBe('HEADER_INVALID: The header has 4 columns; the limit is 3.')
    expect(decoded).toMatchObject({ header: undefined, records: [], end })
  })

  test('the cells of a record are not limited: only the header is', async () => {
    const { records } = await decode('a,b\n1,2,3,4,5\n')
    expect(records.map(record => record.content)).toEqual([['1', '2', '3', '4', '5']])
  })
})

function decode(input: string | Buffer, options: DecodeOptions = limits) {
  return decodeEveryWay(decodeCsv, input, options)
}
