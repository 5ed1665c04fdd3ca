// Delimiters: as declared, from a sep= line, or from the header; the same for any chunks.
import { describe, expect, test } from 'vitest'
import { chunkings, decodeChunks, decodeEveryWay, headerOf } from '../../../../../../test-support/decoding.ts'
import { decodeCsv } from '../../../../src/engine/format/csv/decode.ts'
import type { DecodeOptions } from '../../../../src/engine/format/format.ts'

const limits: DecodeOptions = { maxRecordBytes: 1024, maxColumns: 50 }

describe('the delimiter that the header shows', () => {
  test.each<[name: string, input: string, header: (string | null)[], cells: (string | null)[][]]>([
    ['a comma', 'a,b\n1,2', ['a', 'b'], [['1', '2']]],
    ['a semicolon', 'a;b\n1;2,5', ['a', 'b'], [['1', '2,5']]],
    ['TAB', 'a\tb\n1\t2,5', ['a', 'b'], [['1', '2,5']]],
    ['a bar', 'a|b\r\n1|2;5', ['a', 'b'], [['1', '2;5']]],
    ['whichever occurs most', 'a;b,c;d\n1;2;3', ['a', 'b,c', 'd'], [['1', '2', '3']]],
    ['not one inside quotes', '"a;b;c",d\n1,2', ['a;b;c', 'd'], [['1', '2']]],
    ['not one in a later quoted cell', 'a;"b,,,,";c\n1;2;3', ['a', 'b,,,,', 'c'], [['1', '2', '3']]],
    ['not one after doubled quotes', '"a"";"";",d\n1,2', ['a";";', 'd'], [['1', '2']]],
    [
      'a quoted line ending does not end the header',
      '"a\n,,,";b;c\n1;2;3',
      ['a\n,,,', 'b', 'c'],
      [['1', '2', '3']],
    ],
    ['a comma where two are equal', 'a;b|c\n1', ['a;b|c'], [['1']]],
    ['a comma where it is one of two', 'a,b;c\n1,2', ['a', 'b;c'], [['1', '2']]],
    ['a comma that does not occur', 'a\n1;2', ['a'], [['1;2']]],
    ['records do not count', 'a;b\n1,1,1;2,2,2', ['a', 'b'], [['1,1,1', '2,2,2']]],
    ['after blank lines', '\n\r\n\ra;b\n1;2', ['a', 'b'], [['1', '2']]],
    ['after a byte order mark', '\ufeffa;b\n1;2', ['a', 'b'], [['1', '2']]],
    ['a header alone', 'a;b', ['a', 'b'], []],
    ['characters of many bytes', 'é;😀\n€;ß', ['é', '😀'], [['€', 'ß']]],
  ])('%s', async (_, input, header, cells) => {
    expect(await rows(input)).toEqual({ header, cells, fault: undefined })
  })

  test('is the declared one, whatever the header shows', async () => {
    expect(await rows('a;b|c\n1;2|3', { ...limits, delimiter: '|' })).toEqual({
      header: ['a;b', 'c'],
      cells: [['1;2', '3']],
      fault: undefined,
    })
  })

  test('is not searched for in an endless header', async () => {
    const options = { ...limits, maxRecordBytes: 10 }
    const { fault, end } = await decode('\n"a;b;c;d;e;f', options)
    expect(fault).toContain('RECORD_TOO_LARGE: The record that begins on line 2 has more than 10 bytes')
    expect(end).toEqual({ byte: 1, rowNumber: 0, line: 1 })
  })

  test('is not searched for beyond the maximum record length', async () => {
    let given = 0
    function* chunks() {
      yield Buffer.from('"a;b')
      for (; given < 1000; given++) yield Buffer.alloc(1024, ';')
    }
    const { fault } = await decodeChunks(decodeCsv, chunks(), limits)
    expect(fault).toContain('RECORD_TOO_LARGE')
    expect(given).toBeLessThan(100)
  })

  test('is not searched for after an invalid byte', async () => {
    const { fault } = await decode(
      Buffer.concat([Buffer.from('a;b;'), Buffer.from([0xff]), Buffer.from(';c,,,,\n1')]),
    )
    expect(fault).toContain('ENCODING_INVALID: The file is not UTF-8: byte 4 (line 1 or later)')
  })
})

describe('a sep= line', () => {
  test.each<[name: string, line: string, delimiter: string]>([
    ['of a semicolon', 'sep=;', ';'],
    ['of a comma', 'sep=,', ','],
    ['of TAB', 'sep=\t', '\t'],
    ['of a bar', 'sep=|', '|'],
    ['in quotes', '"sep=;"', ';'],
    ['in capitals', 'SEP=;', ';'],
  ])('%s is not a record, but counts as a line', async (_, line, delimiter) => {
    for (const mark of ['', '\ufeff']) {
      for (const ending of ['\n', '\r\n', '\r']) {
        const input = `${mark}${line}${ending}a,b${delimiter}c${ending}1${delimiter}2`
        const { header, records, end } = await decode(input)
        const offset = Buffer.byteLength(input) - 3
        expect(header).toEqual(delimiter === ',' ? ['a', 'b', 'c'] : ['a,b', 'c'])
        expect(records).toMatchObject([{ rowNumber: 2, line: 3, offset, length: 3, content: ['1', '2'] }])
        expect(end).toEqual({ byte: offset + 3, rowNumber: 2, line: 2 })
      }
    }
  })

  test('yields to the declared delimiter, and is skipped all the same', async () => {
    const reported = { ...limits, delimiter: '|' } as const
    expect(await rows('sep=;\na|b\n1|2', reported)).toMatchObject({ header: ['a', 'b'], cells: [['1', '2']] })
    expect(await rows('sep=:\na|b\n1|2', reported)).toMatchObject({ header: ['a', 'b'], cells: [['1', '2']] })
  })

  test('may come before blank lines', async () => {
    const { header, records } = await decode('sep=;\n\n\na;b\n1;2')
    expect(header).toEqual(['a', 'b'])
    expect(records).toMatchObject([{ rowNumber: 2, line: 5 }])
  })

  test('that names another character is a fault', async () => {
    const { fault, header } = await decode('sep=:\na:b\n1:2')
    expect(header).toBeUndefined()
    expect(fault).toBe(
      'HEADER_INVALID: The line sep=: names an unsupported delimiter; separate the cells by comma, semicolon, TAB or |.',
    )
  })

  test.each(['sep=;', '"sep=;"\n', 'sep=;\r\n\r\n'])('%j alone is an empty file', async input => {
    expect((await decode(input)).fault).toContain('FILE_EMPTY')
  })

  test.each<[name: string, input: string, header: string[]]>([
    ['a longer line', 'sep=;x\n1', ['sep=', 'x']],
    ['a line without a character', 'sep=\n1', ['sep=']],
    ['a quote that is not closed', '"sep=;\n"\n1', ['sep=;\n']],
    ['a space before it', ' sep=,\n1', [' sep=']],
  ])('%s is a header like any other', async (_, input, header) => {
    expect((await decode(input)).header?.slice(0, header.length)).toEqual(header)
  })

  test('in the middle of a file is data', async () => {
    expect(await rows('a;b\nsep=;\n1;2')).toMatchObject({
      cells: [
        ['sep=', null],
        ['1', '2'],
      ],
    })
  })
})

test.each<[name: string, input: string, text: string, delimiter: string, directive: string | undefined]>([
  ['as written in the file', ' a ;"b""x"\r\n1;2', ' a ;"b""x"', ';', undefined],
  ['without its line ending or mark', '\ufeffa,b\r\n', 'a,b', ',', undefined],
  ['with the sep= line', '"SEP=|"\r\na|b\n', 'a|b', '|', '"SEP=|"'],
])('the header is passed on %s', async (_, input, text, delimiter, directive) => {
  for (const chunks of chunkings(Buffer.from(input))) {
    expect(await headerOf(decodeCsv, chunks, limits)).toMatchObject({ text, delimiter, directive })
  }
})

describe('the option excel', () => {
  const excel = { ...limits, excel: true }

  test('removes the guard from cells and names, unquoted and quoted', async () => {
    const input = `'=a,b\n'=1+1,"'@x"\n'x,''y\n,""\n`
    expect(await rows(input, excel)).toEqual({
      header: ['=a', 'b'],
      cells: [
        ['=1+1', '@x'],
        ["'x", "'y"],
        [null, ''],
      ],
      fault: undefined,
    })
  })

  test('leaves the raw record as written in the file', async () => {
    const { records } = await decode(`a\n'=1`, excel)
    expect(records).toMatchObject([{ raw: "'=1", length: 3, content: ['=1'] }])
  })

  test('is off by default', async () => {
    expect(await rows(`a\n'=1`)).toMatchObject({ cells: [["'=1"]] })
  })
})

test('a file of blank lines longer than the maximum record length is read to its end', async () => {
  const bytes = Buffer.from(`${'\r\n'.repeat(5000)}a;b\n1;2`)
  const { header, records } = await decodeChunks(decodeCsv, cut(bytes, 777), limits)
  expect(header).toEqual(['a', 'b'])
  expect(records).toMatchObject([{ line: 5002, offset: 10_004 }])
})

function* cut(bytes: Buffer, size: number): Generator<Buffer> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size)
}

async function rows(input: string, options: DecodeOptions = limits) {
  const { header, records, fault } = await decode(input, options)
  return { header, cells: records.map(record => record.content), fault }
}

function decode(input: string | Buffer, options: DecodeOptions = limits) {
  return decodeEveryWay(decodeCsv, input, options)
}
