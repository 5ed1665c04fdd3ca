// LF → CRLF after records and nowhere else, for any chunks.
import { expect, test } from 'vitest'
import { frameExcel } from '../../../../src/engine/format/csv/excel-framing.ts'
import type { EncodeOptions } from '../../../../src/engine/format/format.ts'

const columns = [
  { name: 'id', isText: false },
  { name: '=a,b', isText: true },
]

async function framed(text: string, size: number, options: EncodeOptions = {}): Promise<string> {
  const bytes = Buffer.from(text)
  async function* cut() {
    for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size)
  }
  const frame = frameExcel(columns, { excel: true, ...options })
  const parts: Buffer[] = []
  for await (const chunk of frame?.(cut()) ?? []) parts.push(chunk)
  return Buffer.concat(parts).toString()
}

const printed = '1,é\n\n2,"a\nb"\n3,"""\n"""\n4,""\n5,"\r\n\n"\n'
const file = '\ufeffid,"\'=a,b"\r\n1,é\r\n\r\n2,"a\nb"\r\n3,"""\n"""\r\n4,""\r\n5,"\r\n\n"\r\n'

test.each([1, 2, 3, 7, 1000])('in chunks of %i bytes', async size => {
  expect(await framed(printed, size)).toBe(file)
})

test('without a header, and with another delimiter', async () => {
  expect(await framed('1,x\n', 1000, { header: false })).toBe('\ufeff1,x\r\n')
  expect(await framed('1;x\n', 1000, { delimiter: ';' })).toBe("\ufeffid;'=a,b\r\n1;x\r\n")
})

test('empty input gives the header, or nothing', async () => {
  expect(await framed('', 1)).toBe('\ufeffid,"\'=a,b"\r\n')
  expect(await framed('', 1, { header: false })).toBe('')
})

test('nothing is yielded before the first bytes: until then, an export can fail with an error status', async () => {
  async function* failing(): AsyncGenerator<Buffer> {
    yield await Promise.reject(new Error('refused'))
  }
  const frame = frameExcel(columns, { excel: true })
  await expect(frame?.(failing())[Symbol.asyncIterator]().next()).rejects.toThrow('refused')
})

test('without the option excel, there is nothing to do', () => {
  expect(frameExcel(columns, { delimiter: ';' })).toBeUndefined()
})
