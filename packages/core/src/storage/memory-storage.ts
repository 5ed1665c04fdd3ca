// A storage in memory: for tests, and for small files that may be lost with the process.
import { randomUUID } from 'node:crypto'
import { Readable } from 'node:stream'
import { checkNotCancelled, incoming } from './incoming.ts'
import { checkKey, checkPrefix } from './object-key.ts'
import { withinSize } from './object-range.ts'
import type { ObjectFacts, Storage } from './storage.ts'
import { notFound } from './storage-faults.ts'

interface MemoryObject {
  readonly bytes: Buffer
  readonly modifiedAt: Date
}

/** Bytes per chunk of a reader, as for a file. */
const chunkBytes = 64 * 1024

/**
 * Creates a storage that holds whole objects in memory. They are lost with the process, and limited only by
 * `maxBytes` of each `put`.
 *
 * @example
 * const jobs = createJobs({ importer, exporter, queue: memoryQueue(), storage: memoryStorage() })
 */
export function memoryStorage(): Storage {
  const objects = new Map<string, MemoryObject>()
  const identity = `memory-${randomUUID()}`
  const facts = (key: string, { bytes, modifiedAt }: MemoryObject): ObjectFacts => ({
    key,
    size: bytes.length,
    modifiedAt,
  })

  return {
    identity: async () => identity,

    async put(key, source, options = {}) {
      const input = incoming(source, options)
      try {
        checkKey(key)
        const parts: Buffer[] = []
        // Copied, because the source may reuse the memory of a chunk.
        for await (const chunk of input.chunks) parts.push(Buffer.from(chunk))
        checkNotCancelled(options.signal)
        objects.set(key, { bytes: Buffer.concat(parts), modifiedAt: new Date() })
      } finally {
        input.close()
      }
      return { key, ...input.facts() }
    },

    async get(key, range = {}) {
      checkKey(key)
      const object = objects.get(key)
      if (object === undefined) throw notFound(key)
      const { start, end } = withinSize(range, object.bytes.length)
      return Readable.from(slices(object.bytes.subarray(start, end)), { objectMode: false })
    },

    async stat(key) {
      checkKey(key)
      const object = objects.get(key)
      return object && facts(key, object)
    },

    async delete(key) {
      checkKey(key)
      objects.delete(key)
    },

    async *list(prefix) {
      checkPrefix(prefix)
      const keys = [...objects.keys()].filter(key => key.startsWith(prefix)).sort()
      for (const key of keys) {
        const object = objects.get(key)
        if (object !== undefined) yield facts(key, object)
      }
    },
  }
}

function* slices(bytes: Buffer): Generator<Buffer> {
  for (let start = 0; start < bytes.length; start += chunkBytes)
    yield bytes.subarray(start, start + chunkBytes)
}
