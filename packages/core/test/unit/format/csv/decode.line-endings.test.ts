import { describe, expect, test } from 'vitest'
import { decodeEveryWay } from '../../../../../../test-support/decoding.ts'
import { decodeCsv } from '../../../../src/engine/format/csv/decode.ts'
import type { DecodeOptions } from '../../../../src/engine/format/format.ts'

const limits: DecodeOptions = { maxRecordBytes: 1024, maxColumns: 50 }

type Place = [rowNumber: number, line: number, offset: number, length: number, raw: string]

describe('positions of records', () => {
  test.each<
    [name: string, input: string, places: Place[], end: { byte: number; rowNumber: number; line: number }]
  >([
    [
      'LF',
      'a,b\n1,2\n3,4\n',
      [
        [2, 2, 4, 3, '1,2'],
        [3, 3, 8, 3, '3,4'],
      ],
      { byte: 12, rowNumber: 3, line: 3 },
    ],
    [
      'CR LF',
      'a,b\r\n1,2\r\n3,4\r\n',
      [
        [2, 2, 5, 3, '1,2'],
        [3, 3, 10, 3, '3,4'],
      ],
      { byte: 15, rowNumber: 3, line: 3 },
    ],
    [
      'CR',
      'a,b\r1,2\r3,4\r',
      [
        [2, 2, 4, 3, '1,2'],
        [3, 3, 8, 3, '3,4'],
      ],
      { byte: 12, rowNumber: 3, line: 3 },
    ],
    ['none at the end', 'a,b\n1,2', [[2, 2, 4, 3, '1,2']], { byte: 7, rowNumber: 2, line: 1 }],
    [
      'all three in one file',
      'id,name\r\n1,a\n2,b\r3,c\n',
      [
        [2, 2, 9, 3, '1,a'],
        [3, 3, 13, 3, '2,b'],
        [4, 4, 17, 3, '3,c'],
      ],
      { byte: 21, rowNumber: 4, line: 4 },
    ],
    [
      'LF CR is two line endings, so a blank line follows',
      'a,b\n\r1,2\n\r',
      [[2, 3, 5, 3, '1,2']],
      { byte: 10, rowNumber: 2, line: 4 },
    ],
    [
      'blank lines are counted as lines and not as rows',
      'a,b\n\n\r\n1,2\n\n',
      [[2, 4, 7, 3, '1,2']],
      { byte: 12, rowNumber: 2, line: 5 },
    ],
    [
      'blank lines before the header',
      '\n\r\na,b\n1,2\n',
      [[2, 4, 7, 3, '1,2']],
      { byte: 11, rowNumber: 2, line: 4 },
    ],
    [
      'the line of a record is its first one',
      'a,b\n1,"x\ny\r\nz\rw"\n2,c\n',
      [
        [2, 2, 4, 12, '1,"x\ny\r\nz\rw"'],
        [3, 6, 17, 3, '2,c'],
      ],
      { byte: 21, rowNumber: 3, line: 6 },
    ],
    [
      'a quoted CR before the closing quote and LF are two line endings',
      'a,b\n1,"x\r"\n2,c\n',
      [
        [2, 2, 4, 6, '1,"x\r"'],
        [3, 4, 11, 3, '2,c'],
      ],
      { byte: 15, rowNumber: 3, line: 4 },
    ],
    [
      'characters of two, three and four bytes count as bytes',
      'é,€\n😀,1\n2,"é\n€"\n3,x',
      [
        [2, 2, 7, 6, '😀,1'],
        [3, 3, 14, 10, '2,"é\n€"'],
        [4, 5, 25, 3, '3,x'],
      ],
      { byte: 28, rowNumber: 4, line: 4 },
    ],
    [
      'a blank line of a single column is a record of no bytes',
      'a\r\n\r\nx\r\n',
      [
        [2, 2, 3, 0, ''],
        [3, 3, 5, 1, 'x'],
      ],
      { byte: 8, rowNumber: 3, line: 3 },
    ],
  ])('%s', async (_, input, places, end) => {
    const decoded = await decode(input)
    expect(decoded.fault).toBeUndefined()
    expect(
      decoded.records.map(({ rowNumber, line, offset, length, raw }) => [
        rowNumber,
        line,
        offset,
        length,
        raw,
      ]),
    ).toEqual(places)
    expect(decoded.end).toEqual(end)
  })

  test('row numbers count records, so line numbers can be higher', async () => {
    const { records } = await decode(`a,b\n${'"x\n",y\n\n'.repeat(100)}last,z`)
    expect(records).toHaveLength(101)
    expect(records.at(-1)).toMatchObject({ rowNumber: 102, line: 302, raw: 'last,z' })
  })
})

function decode(input: string | Buffer, options: DecodeOptions = limits) {
  return decodeEveryWay(decodeCsv, input, options)
}
