// Stored bytes that come back changed: the reader gets an error, whatever the storage does.
import { createHash } from 'node:crypto'
import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { describe, expect, test } from 'vitest'
import { memoryStorage } from '../../../src/storage/memory-storage.ts'
import { type Prefix, ReadPrefix } from '../../../src/storage/prefix.ts'
import type { Storage } from '../../../src/storage/storage.ts'
import { openVerified, openVerifiedFrom } from '../../../src/storage/verified.ts'

const bytes = Buffer.from('0123456789')
const stored = { key: 'a', size: 10, sha256: createHash('sha256').update(bytes).digest('hex') }

/** Yields the first bytes, and then ends, fails or is closed. */
async function storageOf(end: (stream: Readable) => void): Promise<Storage> {
  const storage = memoryStorage()
  await storage.put('a', Readable.from([bytes]))
  const broken = () => {
    const stream = new Readable({ read: () => undefined })
    stream.push(bytes.subarray(0, 4))
    setImmediate(() => end(stream))
    return stream
  }
  return {
    ...storage,
    get: async (key, range) => (range?.end === undefined ? broken() : storage.get(key, range)),
  }
}

test('the whole file is returned, and a part', async () => {
  const storage = memoryStorage()
  await storage.put('a', Readable.from([bytes]))
  expect(String(await buffer(await openVerified(storage, stored)))).toBe('0123456789')
  expect(String(await buffer(await openVerified(storage, stored, { start: 2, end: 5 })))).toBe('234')
  expect(String(await buffer(await openVerifiedFrom(storage, stored, 7)))).toBe('789')
})

test.each<[string, (stream: Readable) => void, object]>([
  ['ends too early', stream => stream.push(null), { code: 'STORAGE_CORRUPT' }],
  ['fails', stream => stream.destroy(new Error('gone')), { message: 'gone' }],
  ['is closed without a word', stream => stream.destroy(), { code: 'STORAGE_UNAVAILABLE' }],
])('a stream that %s is an error for its reader', async (_, end, error) => {
  const storage = await storageOf(end)
  await expect(buffer(await openVerified(storage, stored))).rejects.toMatchObject(error)
  await expect(buffer(await openVerifiedFrom(storage, stored, 2))).rejects.toMatchObject(error)
})

describe('an earlier reader', () => {
  const sha256 = (text: string) => createHash('sha256').update(text).digest('hex')
  const restAfter = async (start: number, earlier: Prefix) => {
    const storage = memoryStorage()
    await storage.put('a', Readable.from([bytes]))
    return buffer(await openVerifiedFrom(storage, stored, start, new ReadPrefix(earlier)))
  }

  test.each([0, 2, 4, 5, 10])('that read the same bytes has no effect, from byte %i on', async start => {
    expect(String(await restAfter(start, { bytes: 4, sha256: sha256('0123') }))).toBe(
      '0123456789'.slice(start),
    )
  })

  test.each([0, 2, 4, 5, 10])(
    'that read other bytes makes an intact read an error, from byte %i on',
    async start => {
      await expect(restAfter(start, { bytes: 4, sha256: sha256('01x3') })).rejects.toMatchObject({
        code: 'STORAGE_CORRUPT',
      })
    },
  )

  test('is compared by what it read, and by the first bytes', async () => {
    const storage = memoryStorage()
    await storage.put('a', Readable.from([bytes]))
    const read = new ReadPrefix()
    expect([read.now, String(read.start)]).toEqual([{ bytes: 0, sha256: sha256('') }, ''])
    await buffer(await openVerifiedFrom(storage, stored, 3, read))
    expect([read.now, String(read.start)]).toEqual([{ bytes: 10, sha256: stored.sha256 }, '012'])
  })
})
