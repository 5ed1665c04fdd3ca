// Counted by hand: how many parts a form has, however it is cut into chunks, and headers of exactly the limit.
import { expect, test } from 'vitest'
import { formParts } from '../../../../src/http/body/form-parts.ts'

const part = (header: string, value: string) => `--cut\r\n${header}\r\n\r\n${value}\r\n`
const named = (name: string) => `Content-Disposition: form-data; name="${name}"`
const end = '--cut--\r\n'

async function counted(form: string, chunkSize: number): Promise<{ parts: number; passed: string }> {
  const bytes = Buffer.from(form, 'latin1')
  async function* chunks(): AsyncGenerator<Buffer> {
    for (let at = 0; at < bytes.length; at += chunkSize) yield bytes.subarray(at, at + chunkSize)
  }
  const { through, count } = formParts('cut')
  const passed: Buffer[] = []
  for await (const chunk of through(chunks())) passed.push(chunk)
  return { parts: count(), passed: Buffer.concat(passed).toString('latin1') }
}

test.each([
  ['none', end, 0],
  ['nothing at all', '', 0],
  ['two', part(named('a'), '1') + part(named('b'), '2') + end, 2],
  ['empty values', part(named('a'), '') + part(named('b'), '') + end, 2],
  ['no header', `--cut\r\n\r\n1\r\n${end}`, 1],
  ['a header that never ends', `--cut\r\n${named('a')}\r\n${part(named('b'), '2')}${end}`, 2],
  ['nothing between two delimiters', `--cut\r\n--cut\r\n${part(named('b'), '2')}${end}`, 3],
  ['a delimiter with one dash after it', `--cut-\r\n${named('a')}\r\n\r\n1\r\n${end}`, 1],
  ['values that look like a delimiter', part(named('a'), '--cu\r\n-cut\r\n--cuT\n--cut--') + end, 1],
  ['something before them', `by the way\r\n${part(named('a'), '1')}${end}`, 1],
  ['something after them', `${part(named('a'), '1')}${end}\r\n${part(named('b'), '2')}${end}`, 1],
  ['no end', part(named('a'), '1') + part(named('b'), '2'), 2],
])('%s', async (_, form, parts) => {
  for (const chunkSize of [1, 2, 3, 7, 64, form.length + 1]) {
    expect(await counted(form, chunkSize)).toEqual({ parts, passed: form })
  }
})

test('a header of 16 lines or 8,192 bytes is accepted, one more is not', async () => {
  const lines = (count: number) => Array.from({ length: count }, (_, index) => `X-${index}: y`).join('\r\n')
  const bytes = (count: number) => `X: ${'y'.repeat(count - 3)}`
  for (const chunkSize of [1, 1_000, 100_000]) {
    expect((await counted(part(lines(16), '1') + end, chunkSize)).parts).toBe(1)
    expect((await counted(part(bytes(8_192), '1') + end, chunkSize)).parts).toBe(1)
    await expect(counted(part(lines(17), '1') + end, chunkSize)).rejects.toThrow('more than 16 lines')
    await expect(counted(part(bytes(8_193), '1') + end, chunkSize)).rejects.toThrow('more than 8192 bytes')
    await expect(counted(`--cut\r\n${bytes(9_000)}`, chunkSize)).rejects.toThrow('more than 8192 bytes')
  }
})
