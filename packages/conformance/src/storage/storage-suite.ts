// What every storage must do, as tests for any runner: call it with your storage and your `describe` and `test`.
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { existsSync, readdirSync } from 'node:fs'
import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import type { Storage } from '@lading/core'
import { fails, type SuiteRunner, until } from '../runner.ts'
import { chunks, entries, isEmpty, key, pieces, read, type StorageCases, sha256 } from './storage-samples.ts'
import { writingCases } from './writing.ts'

export interface StorageSuiteOptions {
  /** The subject of the tests, for the title. */
  readonly name: string
  /**
   * Called for each case: an empty storage, and its cleanup. `again` makes another storage object on the
   * same place, as in another process; absent if that is not possible.
   */
  readonly create: () => Promise<{ storage: Storage; again?: () => Storage; cleanup(): Promise<void> }>
  readonly register: SuiteRunner
}

/**
 * Registers one test for each thing that Lading relies on.
 *
 * @example
 * import { describe, test } from 'node:test'
 * storageSuite({ name: 'bucket', create: async () => ({ storage: myStorage(), cleanup: async () => {} }), register: { describe, test } })
 */
export function storageSuite({ name, create, register }: StorageSuiteOptions): void {
  register.describe(`storage: ${name}`, () => {
    for (const [title, body] of Object.entries({ ...readingCases, ...writingCases })) {
      register.test(title, async () => {
        const { storage, cleanup } = await create()
        try {
          await body(storage)
        } finally {
          await cleanup()
        }
      })
    }
    register.test(
      'an identity differs between places, and is the same for all storages on one place',
      async () => {
        const places = [await create(), await create()]
        try {
          await identityCase(places)
        } finally {
          await Promise.all(places.map(({ cleanup }) => cleanup()))
        }
      },
    )
  })
}

async function identityCase(
  places: readonly { readonly storage: Storage; readonly again?: () => Storage }[],
): Promise<void> {
  const identities = new Set<string>()
  for (const { storage, again } of places) {
    if (storage.identity === undefined) return
    // Asked for by several at once, before anything is stored.
    const sharing = again === undefined ? [storage] : [storage, again(), again(), again()]
    const reported = await Promise.all([...sharing, ...sharing].map(one => one.identity?.()))
    const identity = reported[0] ?? ''
    assert.deepEqual(new Set(reported), new Set([identity]))
    assert.match(identity, /^[\x21-\x7e]([\x20-\x7e]{0,198}[\x21-\x7e])?$/)
    await isEmpty(storage)
    await storage.put(key, chunks(Buffer.from('x')))
    await storage.delete(key)
    await storage.removeUnfinished?.(new Date(Date.now() + 3_600_000))
    assert.equal(await (again?.() ?? storage).identity?.(), identity)
    identities.add(identity)
  }
  assert.equal(identities.size, places.length)
}

const readingCases: StorageCases = {
  'a stored object comes back with its size and SHA-256': async storage => {
    const bytes = Buffer.from('id,name\n1,Ünïcode\n')
    assert.deepEqual(await storage.put(key, chunks(bytes)), {
      key,
      size: bytes.length,
      sha256: sha256(bytes),
    })
    assert.deepEqual(await read(storage), bytes)
    const facts = await storage.stat(key)
    assert.deepEqual({ key: facts?.key, size: facts?.size }, { key, size: bytes.length })
    assert.ok(Math.abs(Date.now() - Number(facts?.modifiedAt)) < 60_000, 'modifiedAt is now')
  },

  'a Node stream is accepted too, and closed': async storage => {
    const source = Readable.from([Buffer.from('ab'), Buffer.from('cd')])
    await storage.put(key, source)
    assert.ok(source.destroyed)
    assert.equal(String(await read(storage)), 'abcd')
  },

  'an empty object is an object': async storage => {
    const { size, sha256: hash } = await storage.put(key, chunks())
    assert.deepEqual([size, hash], [0, sha256(Buffer.alloc(0))])
    assert.equal((await storage.stat(key))?.size, 0)
    assert.equal((await read(storage)).length, 0)
  },

  '5 MiB in chunks of odd sizes come back complete': async storage => {
    const bytes = randomBytes(5 * 1024 * 1024)
    const stored = await storage.put(key, chunks(...pieces(bytes, [1, 65_537, 3, 99_991, 0, 7])))
    assert.deepEqual(stored, { key, size: bytes.length, sha256: sha256(bytes) })
    assert.ok(bytes.equals(await read(storage)))
  },

  'ranges include start and exclude end, and are cut at the end of the object': async storage => {
    const bytes = randomBytes(200_000)
    await storage.put(key, chunks(bytes))
    const edges = [0, 1, 65_535, 65_536, 65_537, 199_999, 200_000, 200_001, 1_000_000]
    for (const start of edges) {
      assert.ok(bytes.subarray(start).equals(await read(storage, { start })), `from ${start}`)
      for (const end of edges.filter(end => end >= start)) {
        const part = await read(storage, { start, end })
        assert.ok(bytes.subarray(start, end).equals(part), `from ${start} to ${end}`)
      }
    }
    for (const range of [{ start: -1 }, { start: 2, end: 1 }, { start: 0.5 }, { end: Number.NaN }])
      await fails(storage.get(key, range), 'OPTION_INVALID')
  },

  'a put over an existing key replaces it completely, and an open reader keeps the old content':
    async storage => {
      const old = randomBytes(300_000)
      await storage.put(key, chunks(old))
      const reader = await storage.get(key)
      await storage.put(key, chunks(Buffer.from('new')))
      assert.equal(String(await read(storage)), 'new')
      assert.ok(old.equals(await buffer(reader)))
    },

  'of a missing key, get rejects its promise, and stat and delete succeed, also when called twice':
    async storage => {
      await fails(storage.get(key), 'STORAGE_NOT_FOUND')
      assert.equal(await storage.stat(key), undefined)
      await storage.delete(key)
      await storage.put(key, chunks(Buffer.from('x')))
      await storage.delete(key)
      await storage.delete(key)
      await isEmpty(storage)
      await storage.put(key, chunks(Buffer.from('again')))
      assert.equal(String(await read(storage)), 'again')
    },

  'list filters by prefix and sorts by key, also with 1,500 keys': async storage => {
    const many = Array.from({ length: 1_500 }, (_, index) => `many/${String(index).padStart(4, '0')}`)
    const few = ['a.csv', 'a/b', 'a/c/d', 'many-more/x', 'z']
    const keys = [...many, ...few]
    while (keys.length > 0)
      await Promise.all(keys.splice(0, 50).map(each => storage.put(each, chunks(Buffer.from(each)))))
    assert.deepEqual(await entries(storage, 'many/'), many)
    assert.deepEqual(await entries(storage, 'many/014'), many.slice(140, 150))
    assert.deepEqual(await entries(storage, 'a'), ['a.csv', 'a/b', 'a/c/d'])
    assert.deepEqual(await entries(storage, 'a/c'), ['a/c/d'])
    assert.deepEqual(await entries(storage, 'nothing/'), [])
    assert.deepEqual(await entries(storage, ''), [...many, ...few].sort())
    for await (const { key: first, size } of storage.list('many')) {
      assert.deepEqual([first, size], ['many-more/x', 'many-more/x'.length])
      break
    }
  },

  'bad keys are rejected by every method': async storage => {
    const long = 'a/'.repeat(256)
    for (const bad of [...badKeys, `${long}a`, 'a'.repeat(201)]) {
      const source = Readable.from([Buffer.from('x')])
      await fails(storage.put(bad, source), 'STORAGE_KEY_INVALID', bad)
      assert.ok(source.destroyed)
      await fails(storage.get(bad), 'STORAGE_KEY_INVALID', bad)
      await fails(storage.stat(bad), 'STORAGE_KEY_INVALID', bad)
      await fails(storage.delete(bad), 'STORAGE_KEY_INVALID', bad)
      if (!beginsAKey.has(bad)) await fails(entries(storage, bad), 'STORAGE_KEY_INVALID', bad)
    }
    await isEmpty(storage)
    const longest = `${long.slice(0, 510)}aa`
    await storage.put(longest, chunks(Buffer.from('x')))
    assert.deepEqual(await entries(storage, ''), [longest])
  },

  'readers that stop early release what they hold': async storage => {
    await storage.put(key, chunks(Buffer.alloc(2 * 1024 * 1024)))
    const before = openDescriptors()
    for (let count = 0; count < 60; count++) {
      const reader = await storage.get(key)
      if (count % 2 === 0) await once(reader, 'readable')
      reader.destroy()
      if (!reader.closed) await once(reader, 'close')
    }
    // Other parts of the process open and close some meanwhile; a leak would show as 60.
    await until('the descriptors are closed', () => openDescriptors() <= before + 20)
  },
}

const badKeys = [
  '',
  '../x',
  '/x',
  'a//b',
  'a/../b',
  'a/..',
  'a..b',
  '..',
  '.',
  './a',
  'a/',
  'a/.b',
  'A',
  'a\0b',
]
badKeys.push('a b', 'a\\b', 'a\nb', 'a\n', 'ä', 'a:b', 'a%2fb', '-a', 'x.tmp-1')
/** Invalid as a key, valid as the prefix of one. */
const beginsAKey: ReadonlySet<string> = new Set(['', 'a/'])

function openDescriptors(): number {
  return existsSync('/proc/self/fd') ? readdirSync('/proc/self/fd').length : 0
}
