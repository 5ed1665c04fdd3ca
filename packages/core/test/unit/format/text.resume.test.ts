// Resuming text at a byte: the byte is found in any encoding, and the size limit applies to the whole file.
import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { gzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { openText, type TextStageOptions } from '../../../src/engine/format/text/decode-text.ts'

const content = '\ufeffä€😀\nPK\x03\x04 is no archive here\n'
const whole = Buffer.from(content)
const opened = (file: Buffer, options: TextStageOptions, size = 2) => {
  const chunks: Buffer[] = []
  for (let at = 0; at < file.length; at += size) chunks.push(file.subarray(at, at + size))
  return openText(Readable.from(chunks), options)
}

describe.each<[string, Buffer, TextStageOptions]>([
  ['UTF-8', whole, {}],
  ['UTF-16', Buffer.from(content, 'utf16le'), {}],
  ['gzip', gzipSync(whole), { compression: 'gzip' }],
])('%s that is read from its start', (_, file, options) => {
  test('is returned from every byte of the text on, also within a character', async () => {
    for (let byte = 0; byte <= whole.length; byte++) {
      const from = { byte, isPlain: false }
      expect((await buffer(opened(file, { ...options, from }))).toString()).toBe(
        whole.subarray(byte).toString(),
      )
    }
  })
})

test('a plain file from the middle is returned unchanged: no byte order mark and no archive is detected', async () => {
  for (const part of ['PK\x03\x04', '\x1f\x8b\x08', '\ufeffx']) {
    const from = { byte: 100, isPlain: true }
    expect((await buffer(opened(Buffer.from(part), { from }))).toString()).toBe(part)
  }
})

test('a limit includes the bytes before that place, in a file of either kind', async () => {
  for (const isPlain of [true, false]) {
    const from = { byte: 14, isPlain }
    const file = isPlain ? whole.subarray(14) : whole
    const rest = whole.subarray(14).toString()
    expect((await buffer(opened(file, { from, maxBytes: whole.length }))).toString()).toBe(rest)
    await expect(buffer(opened(file, { from, maxBytes: whole.length - 1 }))).rejects.toMatchObject({
      code: 'FILE_TOO_LARGE',
      message: `The file has more than ${whole.length - 1} bytes of text; send it in parts.`,
    })
  }
})
