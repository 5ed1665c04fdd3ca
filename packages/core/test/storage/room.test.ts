// The storage in a folder leaves space on its disk: checked before a file is read, and enforced while it is written.
import { mkdtemp, readdir, rm, statfs } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { fileStorage } from '../../src/storage/file/file-storage.ts'
import { memoryStorage } from '../../src/storage/memory-storage.ts'
import { knowsCapacity } from '../../src/storage/storage.ts'

let root: string
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'lading-room-'))
})
afterEach(() => rm(root, { recursive: true }))

async function free(): Promise<number> {
  const { bavail, bsize } = await statfs(root)
  return bavail * bsize
}

const full = { code: 'STORAGE_FULL', status: 507 }

test('a file that would leave less than the reserve is rejected', async () => {
  const half = Math.floor((await free()) / 2)
  const storage = fileStorage(root, { reserveBytes: half })
  await storage.checkCapacity(0)
  await storage.checkCapacity(Math.floor(half / 2))
  await expect(storage.checkCapacity(half * 2)).rejects.toMatchObject(full)
})

test('the source is not read if there is no capacity, and nothing is left', async () => {
  const storage = fileStorage(root, { reserveBytes: Number.MAX_SAFE_INTEGER })
  let isRead = false
  async function* source() {
    isRead = true
    yield Buffer.from('x')
  }
  await expect(storage.checkCapacity(0)).rejects.toMatchObject(full)
  await expect(storage.put('a', source())).rejects.toMatchObject(full)
  expect(isRead).toBe(false)
  expect(await readdir(root)).toEqual([])
})

test('a file that turns out to be too large is stopped, and nothing is left', async () => {
  const room = 64 * 1024 * 1024
  const storage = fileStorage(root, { reserveBytes: (await free()) - room })
  let read = 0
  async function* endless() {
    for (; read < 64 * room; read += 1024 * 1024) yield Buffer.alloc(1024 * 1024, 'x')
  }
  await expect(storage.put('a', endless())).rejects.toMatchObject(full)
  // Others write to this disk too, and what was written may not be counted yet.
  expect(read).toBeLessThan(32 * room)
  expect(await readdir(root)).toEqual([])
})

test('an invalid reserve is rejected; a storage without a disk reports no capacity', () => {
  for (const reserveBytes of [-1, 0.5, Number.NaN]) {
    expect(() => fileStorage(root, { reserveBytes })).toThrow('reserveBytes must be a whole number from 0')
  }
  expect(knowsCapacity(memoryStorage())).toBe(false)
  expect(knowsCapacity(fileStorage(root))).toBe(true)
})
