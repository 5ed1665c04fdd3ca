// gzip files: decompressed or rejected, with the same result for any chunks.
import { randomBytes } from 'node:crypto'
import { Readable } from 'node:stream'
import { gzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { chunkings } from '../../../../../test-support/decoding.ts'
import { readText } from '../../../../../test-support/text.ts'
import { openText } from '../../../src/engine/format/text/decode-text.ts'

const gunzip = (chunks: Iterable<Buffer>, maxBytes?: number) =>
  readText(chunks, { compression: 'gzip', ...(maxBytes !== undefined && { maxBytes }) })

const damaged =
  'COMPRESSION_INVALID: The compressed file is damaged, truncated, or not gzip data; compress it again with gzip.'

describe('valid gzip data is decompressed', () => {
  const text = 'id,name\n1,é😀\n'

  test.each<[name: string, bytes: Buffer, text: string]>([
    ['one member', gzipSync(text), text],
    ['no compression', gzipSync(text, { level: 0 }), text],
    ['nothing', gzipSync(''), ''],
    [
      'several members',
      Buffer.concat([gzipSync('id,na'), gzipSync(''), gzipSync('me\n1,a\n')]),
      'id,name\n1,a\n',
    ],
    ['zeros after the last member', Buffer.concat([gzipSync(text), Buffer.alloc(20)]), text],
  ])('%s', async (_, bytes, inside) => {
    for (const chunks of [[bytes], ...chunkings(bytes)]) {
      expect(await gunzip(chunks)).toEqual({ text: inside, fault: undefined })
    }
  })

  test('megabytes', async () => {
    const large = randomBytes(3_000_000).toString('base64')
    const bytes = gzipSync(large)
    const { text, fault } = await gunzip(cut(bytes, 10_007))
    expect(fault).toBeUndefined()
    expect(text === large).toBe(true)
  })
})

test('the event loop is served while a small piece expands', async () => {
  let turns = 0
  const others = setInterval(() => turns++, 0)
  const turnsAtChunks: number[] = []
  const blankLines = Readable.from([gzipSync(Buffer.alloc(1_000_000, '\n'))])
  for await (const chunk of openText(blankLines, { compression: 'gzip' })) {
    turnsAtChunks.push(turns)
    // As long as decoding takes, and more than a millisecond, the resolution of timers.
    for (const began = performance.now(); performance.now() - began < 2; );
    expect(chunk.length).toBeLessThanOrEqual(64 * 1024)
  }
  clearInterval(others)
  // At least once per 64 KiB.
  expect(new Set(turnsAtChunks).size).toBeGreaterThanOrEqual(Math.floor(1_000_000 / 65_536))
})

describe('an incomplete or invalid gzip file is a fault', () => {
  const good = gzipSync('id,name\n1,a\n')
  const flipped = Buffer.from(good)
  flipped[flipped.length - 6] = (flipped[flipped.length - 6] ?? 0) ^ 1

  test.each<[name: string, bytes: Buffer, text: string]>([
    ['nothing at all', Buffer.alloc(0), ''],
    ['a plain file', Buffer.from('id,name\n1,a\n'), ''],
    ['only the beginning', good.subarray(0, 2), ''],
    ['cut in the checksum', good.subarray(0, -3), 'id,name\n1,a\n'],
    ['cut before the checksum', good.subarray(0, -8), 'id,name\n1,a\n'],
    ['cut in a later member', Buffer.concat([good, good.subarray(0, 12)]), 'id,name\n1,a\n'.repeat(2)],
    ['a wrong checksum', flipped, ''],
    ['text after it', Buffer.concat([good, Buffer.from('x,y\n')]), 'id,name\n1,a\n'],
    ['text after zeros', Buffer.concat([good, Buffer.alloc(9), Buffer.from('x')]), 'id,name\n1,a\n'],
    ['a member after zeros', Buffer.concat([good, Buffer.alloc(9), good]), 'id,name\n1,a\n'],
  ])('%s', async (_, bytes, text) => {
    const whole = await gunzip([bytes])
    expect(whole).toEqual({ text: whole.text, fault: damaged })
    // How much zlib returns of the piece that fails is up to zlib, but it is never anything other than the text.
    expect(text.startsWith(whole.text)).toBe(true)
    for (const chunks of chunkings(bytes)) expect(await gunzip(chunks)).toEqual(whole)
  })

  test('the data before the damage is preserved, and is the same for any chunks', async () => {
    const bytes = gzipSync(randomBytes(300_000).toString('hex'))
    bytes.fill(0xff, 150_000, 150_100)
    const whole = await gunzip([bytes])
    expect(whole.fault).toBe(damaged)
    expect(whole.text.length).toBeGreaterThan(200_000)
    for (const size of [1000, 4096, 8191, 8192, 8193, 100_000]) {
      expect(await gunzip(cut(bytes, size))).toEqual(whole)
    }
  })

  test('another kind of file with its name is reported as such', async () => {
    const { fault } = await gunzip([Buffer.from('PK\x03\x04\x14\0\x06\0')])
    expect(fault).toContain('FORMAT_UNSUPPORTED: The file is a ZIP archive')
  })

  test('compressed twice', async () => {
    const twice = gzipSync(gzipSync('id,name\n1,a\n'))
    for (const chunks of [[twice], ...chunkings(twice)]) {
      expect(await gunzip(chunks)).toEqual({
        text: '',
        fault: 'FORMAT_UNSUPPORTED: The file was compressed twice; compress it once.',
      })
    }
  })

  test('compressed without being declared', async () => {
    const { fault } = await readText([gzipSync('id,name\n')])
    expect(fault).toContain('FORMAT_UNSUPPORTED: The file is gzip data, but its name does not say so')
  })
})

describe('a decompression bomb', () => {
  const bomb =
    'COMPRESSION_INVALID: The compressed file expands to more than 200 times its size, as a decompression bomb does; send it uncompressed.'

  test('is stopped early, at the same place in any chunks', async () => {
    const bytes = gzipSync(Buffer.alloc(50_000_000, 'a'))
    const whole = await gunzip([bytes])
    expect(whole.fault).toBe(bomb)
    expect(whole.text.length).toBeLessThan(3_000_000)
    for (const size of [100, 8192, 20_000]) {
      const { text, fault } = await gunzip(cut(bytes, size))
      expect({ length: text.length, fault }).toEqual({ length: whole.text.length, fault: bomb })
    }
  })

  test('is left alone up to one MiB', async () => {
    const { text, fault } = await gunzip([gzipSync(Buffer.alloc(1024 * 1024, 'a'))])
    expect(fault).toBeUndefined()
    expect(text).toHaveLength(1024 * 1024)
  })
})

describe('the limit counts decompressed bytes', () => {
  test.each<[maxBytes: number, text: string, isFault: boolean]>([
    [13, 'id,name\n1,ab\n', false],
    [12, 'id,name\n1,ab', true],
    [3, 'id,', true],
  ])('%d bytes', async (maxBytes, text, isFault) => {
    const bytes = gzipSync('id,name\n1,ab\n')
    for (const chunks of [[bytes], ...chunkings(bytes)]) {
      expect(await gunzip(chunks, maxBytes)).toEqual({
        text,
        fault: isFault
          ? `FILE_TOO_LARGE: The file has more than ${maxBytes} bytes of text; send it in parts.`
          : undefined,
      })
    }
  })
})

function* cut(bytes: Buffer, size: number): Generator<Buffer> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size)
}
