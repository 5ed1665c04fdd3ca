import { describe, expect, test } from 'vitest'
import { decodeEveryWay } from '../../../../../../test-support/decoding.ts'
import { decodeCsv } from '../../../../src/engine/format/csv/decode.ts'
import type { DecodeOptions } from '../../../../src/engine/format/format.ts'

const limits: DecodeOptions = { maxRecordBytes: 1024, maxColumns: 50 }

const mark = '\ufeff'

describe('a byte order mark', () => {
  test('is not part of the first name, and its bytes count', async () => {
    const { header, records, end } = await decode(`${mark}id,name\n1,a\n`)
    expect(header).toEqual(['id', 'name'])
    expect(records).toEqual([
      { rowNumber: 2, line: 2, offset: 11, length: 3, raw: '1,a', content: ['1', 'a'], problem: undefined },
    ])
    expect(end).toEqual({ byte: 15, rowNumber: 2, line: 2 })
  })

  test('may come before a quoted name', async () => {
    const { header, fault } = await decode(`${mark}"id",name\n1,a\n`)
    expect(fault).toBeUndefined()
    expect(header).toEqual(['id', 'name'])
  })

  test('may come before blank lines', async () => {
    const { header, records } = await decode(`${mark}\r\n\nid,name\n1,a`)
    expect(header).toEqual(['id', 'name'])
    expect(records).toMatchObject([{ line: 4, offset: 14 }])
  })

  test('is removed once: a second one is data', async () => {
    const { header } = await decode(`${mark}${mark}id,name\n`)
    expect(header).toEqual([`${mark}id`, 'name'])
  })

  test('is data within a file', async () => {
    const { records } = await decode(`id,name\n1,${mark}a\n${mark}2,b\n`)
    expect(records.map(record => record.content)).toEqual([
      ['1', `${mark}a`],
      [`${mark}2`, 'b'],
    ])
  })

  test('alone is an empty file', async () => {
    const { fault, end } = await decode(mark)
    expect(fault).toBe('FILE_EMPTY: The file is empty; a CSV file begins with a header line.')
    expect(end).toEqual({ byte: 3, rowNumber: 0, line: 0 })
  })

  test.each<[name: string, bytes: number[]]>([
    ['its first byte', [0xef]],
    ['its first two bytes', [0xef, 0xbb]],
    ['two bytes and another', [0xef, 0xbb, 0x61]],
  ])('%s alone is not UTF-8', async (_, bytes) => {
    const { fault, end } = await decode(Buffer.from(bytes))
    expect(fault).toBe(
      'ENCODING_INVALID: The file is not UTF-8: byte 0 (line 1 or later) does not begin a character. Save it as UTF-8, or say which encoding it has.',
    )
    expect(end).toEqual({ byte: 0, rowNumber: 0, line: 0 })
  })
})

function decode(input: string | Buffer, options: DecodeOptions = limits) {
  return decodeEveryWay(decodeCsv, input, options)
}
