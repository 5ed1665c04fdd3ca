// Records with only empty unquoted cells, such as Excel writes below the data: skipped, noted, and counted as rows.
import { describe, expect, test } from 'vitest'
import { decodeEveryWay } from '../../../../../../test-support/decoding.ts'
import { decodeCsv } from '../../../../src/engine/format/csv/decode.ts'
import type { DecodeOptions } from '../../../../src/engine/format/format.ts'

const limits: DecodeOptions = { maxRecordBytes: 1024, maxColumns: 50 }

/** Row numbers and cells of the records, and the row numbers that were skipped. */
async function rows(input: string, options: Partial<DecodeOptions> = {}) {
  const {
    header,
    records,
    skipped = [],
    fault,
  } = await decodeEveryWay(decodeCsv, input, {
    ...limits,
    ...options,
  })
  expect(fault).toBeUndefined()
  return { header, records: records.map(({ rowNumber, content }) => [rowNumber, content]), skipped }
}

describe('a blank record', () => {
  test.each<[name: string, input: string, records: [number, (string | null)[]][], skipped: number[]]>([
    ['at the end', 'a,b,c\n1,2,3\n,,\n,,\n', [[2, ['1', '2', '3']]], [3, 4]],
    ['at the end, without a line ending', 'a,b\n1,2\n,', [[2, ['1', '2']]], [3]],
    [
      'between records',
      'a,b\n1,2\n,\n3,4\n,\n,\n5,6\n',
      [
        [2, ['1', '2']],
        [4, ['3', '4']],
        [7, ['5', '6']],
      ],
      [3, 5, 6],
    ],
    ['with fewer cells than the header', 'a,b,c\n,\n1,2,3\n', [[3, ['1', '2', '3']]], [2]],
    ['with more cells than the header', 'a,b\n,,,,,\n1,2\n', [[3, ['1', '2']]], [2]],
    ['in CR LF', 'a,b\r\n,\r\n1,2\r\n', [[3, ['1', '2']]], [2]],
    ['in CR', 'a,b\r,\r1,2\r', [[3, ['1', '2']]], [2]],
    ['in every record', 'a,b\n,\n,\n', [], [2, 3]],
    ['next to blank lines, which are not records', 'a,b\n\n,\n\n1,2\n\n', [[3, ['1', '2']]], [2]],
    ['before the header', ',,\n,,\na,b,c\n1,2,3\n', [[4, ['1', '2', '3']]], [1, 2]],
    ['where the header ends with columns without a name', 'a,\n,\n1,\n', [[3, ['1', null]]], [2]],
    [
      'between characters of several bytes',
      'é,😀\n€,1\n,\n2,é\n',
      [
        [2, ['€', '1']],
        [4, ['2', 'é']],
      ],
      [3],
    ],
  ])('%s', async (_, input, records, skipped) => {
    expect(await rows(input)).toMatchObject({ records, skipped })
  })

  test.each([';', '\t', '|'] as const)('with the delimiter %j', async delimiter => {
    const { records, skipped } = await rows('a,b\n,\n1,2\n,,\n'.replaceAll(',', delimiter))
    expect(records).toEqual([[3, ['1', '2']]])
    expect(skipped).toEqual([2, 4])
  })

  test('is the same with the formula guard removed', async () => {
    expect(await rows('a,b\n,\n1,2\n', { excel: true })).toMatchObject({ skipped: [2] })
  })
})

describe('not blank', () => {
  test.each<[name: string, input: string, cells: (string | null)[]]>([
    ['quoted empty cells', 'a,b\n"",""\n', ['', '']],
    ['one quoted empty cell among bare ones', 'a,b,c\n,"",\n', [null, '', null]],
    ['a cell with a space', 'a,b\n, \n', [null, ' ']],
    ['a cell with a TAB', 'a,b\n\t,\n', ['\t', null]],
    ['a no-break space', 'a,b\n\u00a0,\n', ['\u00a0', null]],
    ['only the reason of a rejected record', 'lading_error,a,b\nwas wrong,,\n', ['was wrong', null, null]],
    ['a bare comma where there is a single column', 'a\n,\n', [null, null]],
    ['a blank line where there is a single column', 'a\n\n', [null]],
  ])('%s', async (_, input, cells) => {
    expect(await rows(input)).toMatchObject({ records: [[2, cells]], skipped: [] })
  })
})

test('the position of a record counts the lines and bytes of blank records before it', async () => {
  const { records, end } = await decodeEveryWay(decodeCsv, 'a,b\n,\n\n,\n"x\ny",2\n,\n', limits)
  expect(records).toMatchObject([{ rowNumber: 4, line: 5, offset: 9, length: 7 }])
  expect(end).toEqual({ byte: 19, rowNumber: 5, line: 7 })
})

test('a million blank records are one note per decoded piece', async () => {
  const piece = Buffer.from(',\n'.repeat(8_192))
  async function* file() {
    yield Buffer.from('a,b\n')
    for (let count = 0; count < 122; count++) yield piece
  }
  let notes = 0
  let skipped = 0
  for await (const batch of decodeCsv(file(), limits)) {
    notes += batch.notes?.length ?? 0
    for (const { count = 0 } of batch.notes ?? []) skipped += count
    expect(batch.records).toEqual([])
  }
  expect(skipped).toBe(122 * 8_192)
  expect(notes).toBeLessThan(130)
})

test('an empty file of blank records has no header', async () => {
  const { fault, skipped } = await decodeEveryWay(decodeCsv, ',,\n,,\n', limits)
  expect(fault).toMatch('FILE_EMPTY')
  expect(skipped).toEqual([1, 2])
})
