// Faults of the text stage in every format: reported after the complete records, and the same for any chunks.
import { randomBytes } from 'node:crypto'
import { Readable } from 'node:stream'
import { gzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { chunkings, decodeChunks } from '../../../../../test-support/decoding.ts'
import { csv } from '../../../src/engine/format/csv/csv-format.ts'
import type { Format } from '../../../src/engine/format/format.ts'
import { json } from '../../../src/engine/format/json/json-format.ts'
import { ndjson } from '../../../src/engine/format/ndjson/ndjson-format.ts'
import { openText, type TextStageOptions } from '../../../src/engine/format/text/decode-text.ts'

const limits = { maxRecordBytes: 1024, maxColumns: 10 }

/** Two good records, and one that is truncated. */
const formats: [name: string, format: Format, text: string][] = [
  ['CSV', csv, 'id,name\n1,é\n2,"b\n"\n3,"c'],
  ['NDJSON', ndjson, '{"id":1}\n{"id":2}\n{"id":3'],
  ['JSON', json, '[{"id":1},\n{"id":2},{"id":3'],
]

describe.each(formats)('%s', (_, format, text) => {
  test.each<[name: string, bytes: Buffer, options: TextStageOptions, code: string]>([
    [
      'half of a surrogate pair',
      Buffer.from(`${text}\ud83d, and more`, 'utf16le'),
      { encoding: 'utf-16le' },
      'ENCODING_INVALID',
    ],
    [
      'a byte that is not a character',
      Buffer.from(`${text}\x9d\n4,d\n`, 'latin1'),
      { encoding: 'windows-1252' },
      'ENCODING_INVALID',
    ],
    [
      'a truncated compressed file',
      gzipSync(text).subarray(0, -8),
      { compression: 'gzip' },
      'COMPRESSION_INVALID',
    ],
    [
      'too many bytes',
      Buffer.from(`${text}\n4,d\n`),
      { maxBytes: Buffer.byteLength(text) },
      'FILE_TOO_LARGE',
    ],
  ])('%s', async (_, bytes, options, code) => {
    const whole = await decode([bytes], options)
    expect(whole.fault).toMatch(code)
    expect(whole.records.map(({ rowNumber }) => rowNumber)).toEqual(format === csv ? [2, 3] : [1, 2])
    for (const chunks of chunkings(bytes)) expect(await decode(chunks, options)).toEqual(whole)
  })

  test('before anything could be read', async () => {
    for (const bytes of [Buffer.from([0x1f, 0x8b]), Buffer.from('%PDF-1.7\n')]) {
      expect(await decode([bytes], {})).toEqual({
        header: undefined,
        records: [],
        end: { byte: 0, rowNumber: 0, line: 0 },
        fault: expect.stringContaining('FORMAT_UNSUPPORTED'),
      })
    }
  })

  test('an error of the source itself is thrown', async () => {
    async function* source() {
      yield Buffer.from(text)
      throw new Error('gone')
    }
    const reading = async () => {
      for await (const _ of format.decode(openText(source()), limits));
    }
    await expect(reading()).rejects.toThrow('gone')
  })

  test('a consumer that stops closes the source', async () => {
    const source = Readable.from([gzipSync(randomBytes(200_000).toString('hex'))])
    for await (const _ of openText(source, { compression: 'gzip' })) break
    expect(source.destroyed).toBe(true)
  })

  function decode(chunks: Iterable<Buffer>, options: TextStageOptions) {
    return decodeChunks((source, limits) => format.decode(openText(source, options), limits), chunks, limits)
  }
})

test('an invalid record comes before a later fault of the text', async () => {
  const bytes = Buffer.concat([Buffer.from('id,name\n1,a"b\n', 'utf16le'), Buffer.from([0])])
  const decode = (chunks: Iterable<Buffer>) =>
    decodeChunks(
      (source, limits) => csv.decode(openText(source, { encoding: 'utf-16le' }), limits),
      chunks,
      limits,
    )
  const whole = await decode([bytes])
  expect(whole.fault).toContain('FILE_PARSE_ERROR: A quote appears inside')
  for (const chunks of chunkings(bytes)) expect(await decode(chunks)).toEqual(whole)
})
