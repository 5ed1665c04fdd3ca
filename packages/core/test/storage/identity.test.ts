// The identity of a storage folder: created once even under concurrency, kept by copies, and never guessed.
import { execFile } from 'node:child_process'
import { chmod, cp, mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { promisify } from 'node:util'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { fileStorage, memoryStorage } from '../../src/index.ts'
import { identityOf } from '../../src/storage/identity.ts'

let parent: string
let root: string
beforeEach(async () => {
  parent = await mkdtemp(join(tmpdir(), 'lading-identity-'))
  root = join(parent, 'root')
})
afterEach(() => rm(parent, { recursive: true }))

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/

test('it is in one file of the root, which only its owner may read, and which no method shows', async () => {
  const storage = fileStorage(root)
  const identity = await storage.identity()
  expect(identity).toMatch(uuid)
  expect(await readdir(root)).toEqual(['.lading-storage-id'])
  expect(await readFile(join(root, '.lading-storage-id'), 'utf8')).toBe(`${identity}\n`)
  expect((await stat(join(root, '.lading-storage-id'))).mode & 0o777).toBe(0o600)
  const keys: string[] = []
  for await (const { key } of storage.list('')) keys.push(key)
  expect(keys).toEqual([])
})

test('four processes that start on one new folder have one identity', async () => {
  const script = `
    import { fileStorage } from ${JSON.stringify(new URL('../../src/storage/file/file-storage.ts', import.meta.url).href)}
    process.stdout.write(await fileStorage(${JSON.stringify(root)}).identity())`
  const ask = async () =>
    (await promisify(execFile)(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', script]))
      .stdout
  const reported = await Promise.all(Array.from({ length: 4 }, ask))
  expect(reported[0]).toMatch(uuid)
  expect(new Set(reported)).toEqual(new Set([await fileStorage(root).identity()]))
  expect(await readdir(root)).toEqual(['.lading-storage-id'])
})

test('a copied folder keeps it, and a new one has another', async () => {
  const identity = await fileStorage(root).identity()
  await cp(root, join(parent, 'copy'), { recursive: true })
  expect(await fileStorage(join(parent, 'copy')).identity()).toBe(identity)
  expect(await fileStorage(join(parent, 'other')).identity()).not.toBe(identity)
})

test.each([
  ['is emptied', () => rm(root, { recursive: true }).then(() => mkdir(root))],
  ['is missing', () => rm(root, { recursive: true })],
])(
  'a folder that %s under a process that uses it is unavailable, and is not created again',
  async (_, lose) => {
    const storage = fileStorage(root)
    const identity = await storage.identity()
    await storage.put('kept', Readable.from([Buffer.from('x')]))
    const copy = join(parent, 'copy')
    await cp(root, copy, { recursive: true })
    await lose()
    const before = await readdir(parent, { recursive: true })
    const calls = [
      () => storage.identity(),
      () => storage.put('new', Readable.from([Buffer.from('x')])),
      () => storage.get('kept'),
      () => storage.stat('kept'),
      () => storage.delete('kept'),
      () => storage.checkCapacity(1),
      async () => {
        for await (const _ of storage.list(''));
      },
      async () => storage.removeUnfinished?.(new Date()),
    ]
    for (const call of calls) await expect(call()).rejects.toMatchObject({ code: 'STORAGE_UNAVAILABLE' })
    expect(await readdir(parent, { recursive: true })).toEqual(before)
    // It is mounted again.
    await rm(root, { recursive: true, force: true })
    await cp(copy, root, { recursive: true })
    expect(await storage.identity()).toBe(identity)
    expect(await storage.stat('kept')).toMatchObject({ size: 1 })
    await expect(storage.get('never')).rejects.toMatchObject({ code: 'STORAGE_NOT_FOUND' })
  },
)

test('a folder that is replaced under a process has the identity of the new one', async () => {
  const storage = fileStorage(root)
  await storage.identity()
  await rm(root, { recursive: true })
  const identity = await fileStorage(root).identity()
  expect(await storage.identity()).toBe(identity)
})

test('a folder that is reached through a link is the folder that the link points to', async () => {
  const identity = await fileStorage(root).identity()
  await symlink(root, join(parent, 'link'))
  expect(await fileStorage(join(parent, 'link')).identity()).toBe(identity)
})

test.each<[what: string, text: string]>([
  ['an empty file', ''],
  ['other text', 'production\n'],
  ['half of an id', '3f0e2b1c-8a4d-4c1e-9d'],
  ['two ids', '3f0e2b1c-8a4d-4c1e-9d2f-0123456789ab\n3f0e2b1c-8a4d-4c1e-9d2f-0123456789ac\n'],
  ['zero bytes', '\0'.repeat(37)],
])('%s in its place is a fault that states what to do, each time, and stays unchanged', async (_, text) => {
  await mkdir(root)
  await writeFile(join(root, '.lading-storage-id'), text)
  const storage = fileStorage(root)
  for (const _twice of [1, 2]) {
    await expect(storage.identity()).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
      message:
        'The file .lading-storage-id of the storage folder does not contain a storage id. Restore it, or delete it if no known job needs a file in this folder.',
    })
  }
  expect(await readFile(join(root, '.lading-storage-id'), 'utf8')).toBe(text)
  // A fault may be fixed while the process runs.
  await writeFile(join(root, '.lading-storage-id'), '3f0e2b1c-8a4d-4c1e-9d2f-0123456789ab\r\n')
  expect(await storage.identity()).toBe('3f0e2b1c-8a4d-4c1e-9d2f-0123456789ab')
})

test('a link or a folder in its place is a fault too', async () => {
  await mkdir(root)
  await writeFile(join(parent, 'id'), '3f0e2b1c-8a4d-4c1e-9d2f-0123456789ab\n')
  await symlink(join(parent, 'id'), join(root, '.lading-storage-id'))
  const message = expect.stringMatching(
    /^The file \.lading-storage-id of the storage folder cannot be read \(E/,
  )
  await expect(fileStorage(root).identity()).rejects.toMatchObject({ code: 'CONFIG_INVALID', message })
  await mkdir(join(parent, 'second', '.lading-storage-id'), { recursive: true })
  await expect(fileStorage(join(parent, 'second')).identity()).rejects.toMatchObject({
    code: 'CONFIG_INVALID',
  })
})

test.skipIf(process.getuid?.() === 0)(
  'a file that may not be read is a fault (root may read all)',
  async () => {
    const identity = await fileStorage(root).identity()
    await chmod(join(root, '.lading-storage-id'), 0)
    await expect(fileStorage(root).identity()).rejects.toMatchObject({ code: 'CONFIG_INVALID' })
    await chmod(join(root, '.lading-storage-id'), 0o600)
    expect(await fileStorage(root).identity()).toBe(identity)
  },
)

test.each(['', ' a', 'a\nb', 'ä', 'x'.repeat(201), 7 as unknown as string])(
  'a custom storage that returns %j as its identity is rejected',
  async identity => {
    const storage = { ...memoryStorage(), identity: async () => identity }
    await expect(identityOf(storage)).rejects.toMatchObject({ code: 'CONFIG_INVALID' })
  },
)

test('a storage without one has none', async () => {
  const { identity: _without, ...storage } = memoryStorage()
  expect(await identityOf(storage)).toBeUndefined()
  expect(await identityOf(memoryStorage())).not.toBe(await identityOf(memoryStorage()))
})
