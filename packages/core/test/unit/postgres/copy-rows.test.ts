// Rows out of a binary COPY: for any chunks, and never fewer than there were.
import { expect, test } from 'vitest'
import { readCopyRows, type TextRow } from '../../../src/postgres/copy/copy-rows.ts'

const header = Buffer.from('PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0', 'latin1')
const end = Buffer.from([0xff, 0xff])

/** Two columns: "é\\\n" and null, "" and "x", then one row of two nulls. */
const rows = [
  Buffer.from([0, 2, 0, 0, 0, 4, 0xc3, 0xa9, 0x5c, 0x0a, 0xff, 0xff, 0xff, 0xff]),
  Buffer.from([0, 2, 0, 0, 0, 0, 0, 0, 0, 1, 0x78]),
  Buffer.from([0, 2, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]),
]
const texts = [
  ['é\\\n', null],
  ['', 'x'],
  [null, null],
]
const whole = Buffer.concat([header, ...rows, end])

async function* cut(bytes: Buffer, size: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size)
}

async function read(bytes: Buffer, size: number, batchRows = 100): Promise<(readonly TextRow[])[]> {
  const batches: (readonly TextRow[])[] = []
  for await (const batch of readCopyRows(cut(bytes, size), batchRows)) batches.push(batch)
  return batches
}

test.each([1, 2, 3, 5, 19, 20, 21, 1000])('in chunks of %i bytes', async size => {
  expect((await read(whole, size)).flat()).toEqual(texts)
})

test('in batches of a number of rows', async () => {
  expect(await read(whole, 1000, 2)).toEqual([texts.slice(0, 2), texts.slice(2)])
  expect(await read(whole, 1000, 3)).toEqual([texts])
})

test('no rows', async () => {
  expect(await read(Buffer.concat([header, end]), 7)).toEqual([])
})

test('a row is returned as soon as its last byte arrives', async () => {
  async function* silent(): AsyncGenerator<Buffer> {
    yield Buffer.concat([header, rows[0] ?? end])
    throw new Error('the source went on')
  }
  expect((await readCopyRows(silent(), 100).next()).value).toEqual([texts[0]])
})

test('a long row is copied once, and not once per chunk', async () => {
  const text = 'x'.repeat(64 * 1024 * 1024)
  const head = Buffer.from([0, 1, 0, 0, 0, 0])
  head.writeInt32BE(text.length, 2)
  const before = process.cpuUsage()
  const [[row] = []] = await read(Buffer.concat([header, head, Buffer.from(text), end]), 64 * 1024)
  expect(row?.[0] === text).toBe(true)
  // Copied with each of its 1,024 chunks, it would be 32 GB.
  const { user, system } = process.cpuUsage(before)
  expect((user + system) / 1_000).toBeLessThan(3_000)
})

test.each([
  ['cut off before the end mark', whole.subarray(0, -2)],
  ['cut off in a row', whole.subarray(0, -15)],
  ['empty', Buffer.alloc(0)],
  ['not in this format', Buffer.from('id,name\n1,x\n2,y and more\n')],
])('%s: a fault', async (_title, bytes) => {
  await expect(read(bytes, 8)).rejects.toMatchObject({ code: 'INTERNAL' })
})
