// Bundles are read completely in chunks of any size, without waiting for unneeded data.
import { randomBytes } from 'node:crypto'
import { buffer } from 'node:stream/consumers'
import { gzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import type { Manifest } from '../../../../src/engine/format/bundle/manifest.ts'
import { readBundle } from '../../../../src/engine/format/bundle/read.ts'
import { articles, entry, manifest, plain, read, type TestEntry, tar, users } from './archives.ts'

describe('a bundle', () => {
  test.each([1, 7, 512, 100_000])('is read completely in chunks of %i bytes', async chunk => {
    const { found, kept } = await read(gzipSync(await tar(...plain())), { chunk })
    expect(kept).toEqual([`users.ndjson ${users}`, `articles.ndjson ${articles}`])
    expect(found.entries.map(({ resource }) => resource)).toEqual(['users', 'articles'])
  })

  test('may contain its files in any order after the manifest', async () => {
    const [first, ...rest] = plain()
    const archive = await tar(first as TestEntry, ...rest.reverse())
    expect((await read(gzipSync(archive))).kept).toHaveLength(2)
  })

  test('may have an empty file, and several members of gzip data', async () => {
    const about = manifest({ entries: [entry('users', '', { rows: 0 })] })
    const archive = await tar(['manifest.json', JSON.stringify(about)], ['users.ndjson', ''])
    const half = 700
    const members = Buffer.concat([gzipSync(archive.subarray(0, half)), gzipSync(archive.subarray(half))])
    expect((await read(members)).kept).toEqual(['users.ndjson '])
  })
})

describe('readBundle', () => {
  test('passes the manifest to check before any file, and stops if check throws', async () => {
    const kept: string[] = []
    const archive = gzipSync(await tar(...plain()))
    const seen: Manifest[] = []
    const reading = readBundle(chunksOf(archive), {
      checkManifest: manifest => {
        seen.push(manifest)
        throw new RangeError('not this one')
      },
      store: async ({ file }) => {
        kept.push(file)
      },
    })
    await expect(reading).rejects.toThrow(RangeError)
    expect({ kept, entries: seen[0]?.entries.length }).toEqual({ kept: [], entries: 2 })
  })

  test('does not wait for a stalled source when a file cannot be stored', async () => {
    const text = `${randomBytes(100_000).toString('hex')}\n`
    const about = manifest({ entries: [entry('users', text)] })
    const archive = gzipSync(await tar(['manifest.json', JSON.stringify(about)], ['users.ndjson', text]))
    async function* silent() {
      yield archive.subarray(0, archive.length / 2)
      await new Promise(() => undefined)
    }
    const reading = readBundle(silent(), {
      checkManifest: () => undefined,
      store: () => Promise.reject(new TypeError('full')),
    })
    await expect(reading).rejects.toThrow('full')
  })

  test('throws the error of the source', async () => {
    const archive = gzipSync(await tar(...plain(), ['x.ndjson', randomBytes(100_000).toString('hex')]))
    async function* breaking() {
      yield archive.subarray(0, 3_000)
      throw Object.assign(new Error('gone'), { code: 'ECONNRESET' })
    }
    const reading = readBundle(breaking(), {
      checkManifest: () => undefined,
      store: async (_entry, content) => void (await buffer(content)),
    })
    await expect(reading).rejects.toThrow('gone')
  })
})

async function* chunksOf(bytes: Buffer) {
  yield bytes
}
