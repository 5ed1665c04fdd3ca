// First bytes: files that are not text are rejected with their kind, and text passes unchanged.
import { Readable } from 'node:stream'
import { describe, expect, test } from 'vitest'
import { type GzipExpectation, rejectUnsupported } from '../../../src/engine/format/detect/magic.ts'

async function pass(bytes: Buffer, chunkBytes: number, gzip?: GzipExpectation): Promise<Buffer> {
  const chunks: Buffer[] = []
  for (let at = 0; at < bytes.length; at += chunkBytes) chunks.push(bytes.subarray(at, at + chunkBytes))
  const passed: Buffer[] = []
  for await (const chunk of rejectUnsupported(Readable.from(chunks), gzip)) passed.push(chunk)
  return Buffer.concat(passed)
}

describe.each([1, 3, 100])('in chunks of %d bytes', chunkBytes => {
  test.each<[kind: string, bytes: number[] | string]>([
    ['a PNG image', [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0]],
    ['a JPEG image', [0xff, 0xd8, 0xff, 0xe0, 0, 0x10, 0x4a, 0x46, 0x49, 0x46]],
    ['a GIF image', 'GIF89a\x01\0\x01\0'],
    ['a PDF document', '%PDF-1.7\n%'],
    [
      'a ZIP archive or an Office document, such as an Excel workbook (.xlsx)',
      'PK\x03\x04\x14\0\x06\0\x08\0',
    ],
    [
      'an old Office document, such as an Excel workbook (.xls)',
      [0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1],
    ],
    ['bzip2 data', 'BZh91AY&SY'],
    ['zstd data', [0x28, 0xb5, 0x2f, 0xfd, 0, 0, 0, 0]],
    ['xz data', [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0, 0, 0]],
    ['a SQLite database', 'SQLite format 3\0'],
    ['UTF-32 text', [0xff, 0xfe, 0, 0, 0x69, 0, 0, 0]],
    ['UTF-32 text', [0, 0, 0xfe, 0xff, 0, 0, 0, 0x69]],
  ])('%s is rejected', async (kind, bytes) => {
    await expect(pass(Buffer.from(bytes as string), chunkBytes)).rejects.toMatchObject({
      code: 'FORMAT_UNSUPPORTED',
      message: expect.stringMatching(
        new RegExp(`^The file is ${kind.replaceAll(/[().]/g, '\\$&')}\\. [A-Z].*\\.$`),
      ),
    })
  })

  const compressed = Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3])

  test.each<[gzip: GzipExpectation, message: string]>([
    [
      'unannounced',
      'The file is gzip data, but its name does not say so; send it under a name that ends with .gz.',
    ],
    ['nested', 'The file was compressed twice; compress it once.'],
  ])('gzip data that is %s is rejected', async (gzip, message) => {
    for (const bytes of [compressed, compressed.subarray(0, 2)]) {
      await expect(pass(bytes, chunkBytes, gzip)).rejects.toMatchObject({
        code: 'FORMAT_UNSUPPORTED',
        message,
      })
    }
  })

  test('declared gzip data passes', async () => {
    expect(await pass(compressed, chunkBytes, 'announced')).toEqual(compressed)
  })

  test.each<[name: string, text: string]>([
    ['nothing', ''],
    ['one letter', 'a'],
    ['the first letters of a signature', 'PK'],
    ['a header', 'id,name\n1,a\n'],
    ['an object', '{"a":1}\n'],
    ['a byte order mark', '\ufeffid,name\n'],
    ['multibyte text', 'é,😀\n1,2\n'],
    ['a signature that is not at the start', 'id,%PDF-1.7,PK\x03\x04,GIF89a\n'],
    ['NUL', '\0\0\0\0\0\0\0\0\0\0'],
  ])('%s passes', async (_, text) => {
    expect(await pass(Buffer.from(text), chunkBytes)).toEqual(Buffer.from(text))
  })
})

test('a consumer that stops closes the source', async () => {
  const source = Readable.from([Buffer.alloc(100, 'a'), Buffer.alloc(100, 'b')])
  for await (const _ of rejectUnsupported(source)) break
  expect(source.destroyed).toBe(true)
})
