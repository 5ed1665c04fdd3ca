// The storage in a folder: no way out of it, nothing left in it, and what a full disk does.
import { execFileSync } from 'node:child_process'
import { EventEmitter, once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { fileStorage } from '../../src/storage/file/file-storage.ts'
import type { Storage } from '../../src/storage/storage.ts'

let parent: string
let root: string
let storage: Storage
beforeEach(async () => {
  parent = await mkdtemp(join(tmpdir(), 'lading-storage-'))
  root = join(parent, 'root')
  storage = fileStorage(root)
})
afterEach(() => rm(parent, { recursive: true }))

async function* bytes(size: number, fault?: Error): AsyncGenerator<Buffer> {
  for (let sent = 0; sent < size; sent += 65_536) yield Buffer.alloc(Math.min(65_536, size - sent), 'x')
  if (fault !== undefined) throw fault
}

async function everything(): Promise<string[]> {
  return existsSync(root) ? readdir(root, { recursive: true }) : []
}

async function listed(prefix: string): Promise<string[]> {
  const keys: string[] = []
  for await (const { key } of storage.list(prefix)) keys.push(key)
  return keys
}

const refused = { code: 'STORAGE_KEY_INVALID' }

test('no method follows a symbolic link to a folder outside', async () => {
  const outside = join(parent, 'outside')
  await mkdir(outside)
  await mkdir(root)
  await writeFile(join(outside, 'secret'), 'secret')
  await symlink(outside, join(root, 'link'))
  await expect(storage.put('link/new', bytes(1))).rejects.toMatchObject(refused)
  await expect(storage.put('link/deep/new', bytes(1))).rejects.toMatchObject(refused)
  await expect(storage.get('link/secret')).rejects.toMatchObject(refused)
  await expect(storage.stat('link/secret')).rejects.toMatchObject(refused)
  await expect(storage.delete('link/secret')).rejects.toMatchObject(refused)
  expect(await listed('')).toEqual([])
  expect(await listed('link/')).toEqual([])
  expect(await readdir(outside)).toEqual(['secret'])
})

test('a symbolic link in the place of a file is not read through, and is itself replaced or removed', async () => {
  const secret = join(parent, 'secret')
  await writeFile(secret, 'secret')
  await mkdir(root)
  await symlink(secret, join(root, 'a'))
  await symlink(secret, join(root, 'b'))
  await expect(storage.get('a')).rejects.toMatchObject(refused)
  await expect(storage.stat('a')).rejects.toMatchObject(refused)
  await storage.put('a', bytes(3))
  await storage.delete('b')
  expect(String(await buffer(await storage.get('a')))).toBe('xxx')
  expect(await readdir(root)).toEqual(['a'])
  expect(await readFile(secret, 'utf8')).toBe('secret')
})

test('the folder itself may be a symbolic link, since its operator chose it', async () => {
  await mkdir(join(parent, 'disk'))
  await symlink(join(parent, 'disk'), root)
  await storage.put('a/b', bytes(3))
  expect(await readdir(join(parent, 'disk', 'a'))).toEqual(['b'])
})

test('a key that is the folder of another is rejected, and the other stays', async () => {
  await storage.put('a', bytes(3))
  await expect(storage.put('a/b', bytes(3))).rejects.toMatchObject(refused)
  await storage.put('c/d', bytes(3))
  await expect(storage.put('c', bytes(3))).rejects.toMatchObject(refused)
  await expect(storage.get('c')).rejects.toMatchObject({ code: 'STORAGE_NOT_FOUND' })
  await storage.delete('c')
  expect((await everything()).sort()).toEqual(['a', 'c', 'c/d'])
})

test('a failure leaves neither a temporary file nor an empty folder', async () => {
  await expect(storage.put('jobs/1/source', bytes(200_000, new Error('gone')))).rejects.toThrow('gone')
  await expect(storage.put('jobs/1/source', bytes(200_000), { maxBytes: 100_000 })).rejects.toMatchObject({
    code: 'FILE_TOO_LARGE',
  })
  const signal = AbortSignal.abort()
  await expect(storage.put('jobs/1/source', bytes(1), { signal })).rejects.toMatchObject({
    code: 'CANCELLED',
  })
  expect(await everything()).toEqual([])
})

test('deleting removes the folders that become empty, even while others write into them', async () => {
  await Promise.all(
    Array.from({ length: 40 }, async (_, index) => {
      const key = `jobs/shared/${index % 4}`
      await storage.put(key, bytes(10))
      await storage.delete(key)
    }),
  )
  expect(await everything()).toEqual([])
})

test('files of the operator and unfinished ones are not listed', async () => {
  await storage.put('a', bytes(1))
  for (const name of ['.gitkeep', 'README', 'a.tmp-0123456789abcdef']) await writeFile(join(root, name), '')
  expect(await listed('')).toEqual(['a'])
})

test('other users of the machine cannot read stored files', async () => {
  await storage.put('a/b', bytes(1))
  expect((await stat(join(root, 'a', 'b'))).mode & 0o077).toBe(0)
  expect((await stat(join(root, 'a'))).mode & 0o077).toBe(0)
})

test('a folder that cannot be created is reported as a fault, and works once it can', async () => {
  await writeFile(root, 'a file where the folder should be')
  await expect(storage.put('a', bytes(1))).rejects.toMatchObject({ name: 'LadingError' })
  await rm(root)
  await storage.put('a', bytes(1))
})

test('300 aborted puts leave no descriptor and no file', async ({ skip }) => {
  skip(!existsSync('/proc/self/fd'), 'needs /proc/self/fd to count descriptors')
  const open = async () => (await readdir('/proc/self/fd')).length
  const before = await open()
  for (let count = 0; count < 300; count++) {
    const abort = new AbortController()
    async function* source() {
      yield Buffer.alloc(100_000)
      abort.abort()
      await new Promise(() => undefined)
    }
    await expect(storage.put(`a/${count}`, source(), { signal: abort.signal })).rejects.toMatchObject({
      code: 'CANCELLED',
    })
  }
  expect(await open()).toBeLessThan(before + 10)
  expect(await everything()).toEqual([])
})

test('a full disk is STORAGE_FULL, leaves nothing, and existing files stay', async ({ skip }) => {
  await mkdir(root)
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=2m', 'tmpfs', root], { stdio: 'ignore' })
  } catch {
    skip('needs the right to mount a tmpfs')
  }
  const full = { code: 'STORAGE_FULL', status: 507, cause: { code: 'ENOSPC' } }
  // What the disk itself says, where nothing is left free for others.
  storage = fileStorage(root, { reserveBytes: 0 })
  try {
    await storage.put('a', bytes(500_000))
    await expect(storage.put('b', bytes(5_000_000))).rejects.toMatchObject(full)
    await expect(storage.put('a', bytes(5_000_000))).rejects.toMatchObject(full)
    expect(await readdir(root)).toEqual(['a'])
    expect((await storage.stat('a'))?.size).toBe(500_000)
    await storage.put('b', bytes(1_000_000))
  } finally {
    execFileSync('umount', [root])
  }
})

test('an abandoned temporary file of `put` is removed, and nothing else', async () => {
  await storage.put('imports/kept', bytes(10))
  const rest = new EventEmitter()
  async function* slow(): AsyncGenerator<Buffer> {
    yield Buffer.alloc(100_000, 'x')
    await once(rest, 'arrived')
    yield Buffer.alloc(1, 'x')
  }
  const putting = storage.put('imports/slow/source', slow()).catch((error: unknown) => error)
  const unfinished = async () => (await everything()).filter(name => name.includes('.tmp-'))
  await expect.poll(unfinished).toHaveLength(1)
  await symlink(root, join(root, 'imports', 'link.tmp-0011223344556677'))
  expect(await storage.removeUnfinished?.(new Date(Date.now() - 60_000))).toBe(0)
  expect(await storage.removeUnfinished?.(new Date(Date.now() + 60_000))).toBe(1)
  expect(await storage.removeUnfinished?.(new Date(Date.now() + 60_000))).toBe(0)
  // If it was only slow, it fails as a whole.
  rest.emit('arrived')
  expect(await putting).toBeInstanceOf(Error)
  expect(await listed('')).toEqual(['imports/kept'])
})
