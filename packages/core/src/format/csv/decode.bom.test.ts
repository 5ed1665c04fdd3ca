// The byte order mark: taken off where it begins a file, data elsewhere.
import { Readable } from 'node:stream'
import { describe, expect, test } from 'vitest'
import type { RecordBatch } from '../../record/record-batch.ts'
import type { DecodeOptions } from '../format.ts'
import { decodeCsv } from './decode.ts'

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

  test('is taken off once: a second one is data', async () => {
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
  ])('%s alone are no UTF-8', async (_, bytes) => {
    const { fault, end } = await decode(Buffer.from(bytes))
    expect(fault).toBe(
      'ENCODING_INVALID: The file is not UTF-8: byte 0 (line 1 or below) begins no character. Save it as UTF-8.',
    )
    expect(end).toEqual({ byte: 0, rowNumber: 0, line: 0 })
  })
})

/** Decodes in every cutting, asserts that all agree and that each record lies where it says, and returns it. */
async function decode(input: string | Buffer, options: DecodeOptions = limits) {
  const bytes = Buffer.from(input)
  const whole = await decodeChunks([bytes], options)
  for (const { offset, length, raw } of whole.records) {
    expect(bytes.subarray(offset, offset + length).toString()).toBe(raw)
  }
  for (const chunks of cuttings(bytes)) {
    const sizes = chunks.map(chunk => chunk.length)
    expect(await decodeChunks(chunks, options), `chunks of ${sizes}`).toEqual(whole)
  }
  return whole
}

async function decodeChunks(chunks: Iterable<Buffer>, options: DecodeOptions) {
  const batches: RecordBatch[] = []
  for await (const batch of decodeCsv(Readable.from(chunks), options)) batches.push(batch)
  const { end, fault } = batches.at(-1) ?? {}
  return {
    header: batches.find(batch => batch.header !== undefined)?.header,
    records: batches.flatMap(batch => batch.records),
    end,
    fault: fault && `${fault.code}: ${fault.message}`,
  }
}

/** Single bytes, every way to cut a short input in two, and cuts at random. */
function* cuttings(bytes: Buffer): Generator<readonly Buffer[]> {
  yield Array.from(bytes, (_, index) => bytes.subarray(index, index + 1))
  for (let at = 1; at < Math.min(bytes.length, 200); at++) yield [bytes.subarray(0, at), bytes.subarray(at)]
  for (let state = 1; state <= 20; state++) {
    const chunks: Buffer[] = []
    for (let at = 0, size = state; at < bytes.length; at += size, size = 1 + ((size * 7 + state) % 11)) {
      chunks.push(bytes.subarray(at, at + size))
    }
    yield chunks
  }
}
