import { describe, expect, test } from 'vitest'
import { decodeEveryWay } from '../../../../../../test-support/decoding.ts'
import { decodeCsv } from '../../../../src/engine/format/csv/decode.ts'
import type { DecodeOptions } from '../../../../src/engine/format/format.ts'

const limits: DecodeOptions = { maxRecordBytes: 1024, maxColumns: 50 }

const rows = async (input: string | Buffer) => {
  const { header, records, fault } = await decode(input)
  return { header, cells: records.map(record => record.content), fault }
}

describe('cells of well-formed files', () => {
  test.each<[name: string, input: string, header: (string | null)[], cells: (string | null)[][]]>([
    ['a header without a line ending has no records', 'id,name', ['id', 'name'], []],
    ['a header with a line ending has no records', 'id,name\n', ['id', 'name'], []],
    ['the last record needs no line ending', 'id,name\n1,a', ['id', 'name'], [['1', 'a']]],
    ['the last record may end after a comma', 'id,name\n1,', ['id', 'name'], [['1', null]]],
    ['a bare empty cell is null', 'a,b,c\n,x,\n', ['a', 'b', 'c'], [[null, 'x', null]]],
    ['spaces belong to the cell', 'a,b\n x , y \n', ['a', 'b'], [[' x ', ' y ']]],
    ['spaces belong to the names of a header', ' id , name \n', [' id ', ' name '], []],
    ['an empty name is null', 'id,name,\n1,a,\n', ['id', 'name', null], [['1', 'a', null]]],
    ['names may repeat', 'id,id\n1,2', ['id', 'id'], [['1', '2']]],
    ['apostrophes are data', "id,name\n1,'a,b'", ['id', 'name'], [['1', "'a", "b'"]]],
    ['too few cells stay too few', 'id,name\n1\n2,b', ['id', 'name'], [['1'], ['2', 'b']]],
    [
      'too many cells stay too many',
      'id,name\n1,a,x\n2,b',
      ['id', 'name'],
      [
        ['1', 'a', 'x'],
        ['2', 'b'],
      ],
    ],
    ['a number sign does not begin a comment', 'a,b\n#x,y\n', ['a', 'b'], [['#x', 'y']]],
    ['a second delimiter is data', 'id,name;x\n1,a;b\tc|d', ['id', 'name;x'], [['1', 'a;b\tc|d']]],
    ['hostile names are names', '__proto__,constructor\n1,2', ['__proto__', 'constructor'], [['1', '2']]],
    ['NUL passes, for the value to judge', 'a,b\n\0,x\0y\n', ['a', 'b'], [['\0', 'x\0y']]],
    [
      'characters that COPY would escape are data',
      'a,b\n\\N,\\\\\n\\x41,a\tb\n',
      ['a', 'b'],
      [
        ['\\N', '\\\\'],
        ['\\x41', 'a\tb'],
      ],
    ],
    [
      'formulas are data',
      'a,b\n=1+1,@x\n-1,+1\n',
      ['a', 'b'],
      [
        ['=1+1', '@x'],
        ['-1', '+1'],
      ],
    ],
  ])('%s', async (_, input, header, cells) => {
    expect(await rows(input)).toEqual({ header, cells, fault: undefined })
  })

  test('a line \\. does not end the data: the records after it are read', async () => {
    const { cells } = await rows('id,name\n1,a\n\\.\n2,b\n')
    expect(cells).toEqual([['1', 'a'], ['\\.'], ['2', 'b']])
  })
})

describe('blank lines', () => {
  test.each<[name: string, input: string, header: (string | null)[], cells: (string | null)[][]]>([
    [
      'are skipped between records',
      'a,b\n\n1,2\n\r\n\r3,4\n\n',
      ['a', 'b'],
      [
        ['1', '2'],
        ['3', '4'],
      ],
    ],
    ['are skipped before the header', '\n\r\n\ra,b\n1,2', ['a', 'b'], [['1', '2']]],
    ['are a null cell where there is a single column', 'a\n\n1\n\n', ['a'], [[null], ['1'], [null]]],
    ['before the header of a single column are skipped', '\n\na\n\n1\n', ['a'], [[null], ['1']]],
    ['with spaces are a record', 'a,b\n  \n1,2', ['a', 'b'], [['  '], ['1', '2']]],
    ['with an empty quoted cell are a record', 'a,b\n""\n1,2', ['a', 'b'], [[''], ['1', '2']]],
  ])('%s', async (_, input, header, cells) => {
    expect(await rows(input)).toEqual({ header, cells, fault: undefined })
  })
})

describe('text beyond ASCII', () => {
  test.each<[name: string, cell: string]>([
    ['two bytes', 'é'],
    ['three bytes', '€'],
    ['four bytes', '😀'],
    ['a mixture', 'aé€😀b'],
    ['combining characters and joiners', 'e\u0301 👩\u200d🚀'],
    ['the last code points', '\uffff\u{10ffff}'],
    ['a byte order mark that does not begin the file', '\ufeffa'],
    ['NEL and the line separators of Unicode', 'a\u0085b\u2028c\u2029d'],
    ['vertical tab and form feed', 'a\vb\fc'],
    ['digits of other scripts', '٣１'],
  ])('%s: a character is never split', async (_, cell) => {
    expect(await rows(`id,näme\n1,${cell}\n2,"${cell}"\n`)).toEqual({
      header: ['id', 'näme'],
      cells: [
        ['1', cell],
        ['2', cell],
      ],
      fault: undefined,
    })
  })

  test('decomposed text is not composed', async () => {
    const { cells } = await rows('a\ne\u0301\n\u00e9\n')
    expect(cells).toEqual([['e\u0301'], ['\u00e9']])
  })
})

function decode(input: string | Buffer, options: DecodeOptions = limits) {
  return decodeEveryWay(decodeCsv, input, options)
}
