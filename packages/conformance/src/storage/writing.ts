// Cases of the storage suite: what is visible of a put that is in progress, fails, or is aborted.
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { Readable } from 'node:stream'
import { fails } from '../runner.ts'
import {
  chunks,
  entries,
  failing,
  isEmpty,
  key,
  pieces,
  read,
  type StorageCases,
  silent,
} from './storage-samples.ts'

export const writingCases: StorageCases = {
  'of concurrent puts of one key one wins completely': async storage => {
    const contents = Array.from({ length: 8 }, () => randomBytes(150_000))
    await Promise.all(contents.map(bytes => storage.put(key, chunks(...pieces(bytes, [10_007])))))
    const winner = await read(storage)
    assert.ok(contents.some(bytes => bytes.equals(winner)))
    assert.equal((await entries(storage, '')).length, 1)
  },

  'an object is not visible before it is complete': async storage => {
    await storage.put(key, watched())
    assert.equal((await storage.stat(key))?.size, 100_000)
    async function* watched() {
      yield Buffer.alloc(100_000)
      assert.equal(await storage.stat(key), undefined)
      assert.deepEqual(await entries(storage, ''), [])
    }
  },

  'a source that fails leaves nothing, and its error is thrown': async storage => {
    const fault = new Error('The line went dead.')
    await assert.rejects(storage.put(key, failing(fault)), error => error === fault)
    await assert.rejects(storage.put(key, Readable.from(failing(fault))), error => error === fault)
    await isEmpty(storage)
  },

  'a put that fails leaves the existing object': async storage => {
    await storage.put(key, chunks(Buffer.from('old')))
    await assert.rejects(storage.put(key, failing(new Error('The line went dead.'))))
    assert.equal(String(await read(storage)), 'old')
    assert.equal((await entries(storage, '')).length, 1)
  },

  'an abort ends a put whose source is silent, and leaves nothing': async storage => {
    const abort = new AbortController()
    const stream = new Readable({ read() {} })
    stream.push(Buffer.alloc(100_000))
    const puts = [silent(() => abort.abort()), stream].map(source =>
      fails(storage.put(key, source, { signal: abort.signal }), 'CANCELLED'),
    )
    await Promise.all(puts)
    assert.ok(stream.destroyed)
    await fails(storage.put(key, chunks(Buffer.from('late')), { signal: abort.signal }), 'CANCELLED')
    await isEmpty(storage)
  },

  'maxBytes: as many are accepted; one more leaves nothing, and the source is read no further':
    async storage => {
      await storage.put(key, chunks(Buffer.alloc(600), Buffer.alloc(400)), { maxBytes: 1_000 })
      await storage.delete(key)
      let isClosed = false
      const endless = async function* () {
        try {
          for (;;) yield Buffer.alloc(600)
        } finally {
          isClosed = true
        }
      }
      await fails(storage.put(key, endless(), { maxBytes: 1_000 }), 'FILE_TOO_LARGE')
      assert.ok(isClosed)
      await isEmpty(storage)
    },
}
