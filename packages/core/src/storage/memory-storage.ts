// A storage in the memory of the process: for tests, and for small files that may be lost with it.
import { randomUUID } from 'node:crypto'
import { Readable } from 'node:stream'
import { notFound } from './faults.ts'
import { checkNotCancelled, incoming } from './incoming.ts'
import { checkKey, checkPrefix } from './key.ts'
import { withinSize } from './range.ts'
import type { ObjectFacts, Storage } from './storage.ts'

interface Held {
  readonly bytes: Buffer
  readonly modifiedAt: Date
}

/** Bytes per chunk of a reader, as from a file. */
const chunkBytes = 64 * 1024

/**
 * Keeps objects in memory, whole. Nothing outlives the process, and nothing limits it but `maxBytes` of each `put`.
 *
 * @example
 * const jobs = createJobs({ importer, exporter, queue: memoryQueue(), storage: memoryStorage() })
 */
export function memoryStorage(): Storage {
  const objects = new Map<string, Held>()
  const identity = `memory-${randomUUID()}`
  const facts = (key: string, { bytes, modifiedAt }: Held): ObjectFacts => ({
    key,
    size: bytes.length,
    modifiedAt,
  })

  return {
    identity: async () => identity,

    async put(key, source, options = {}) {
      const arriving = incoming(source, options)
      try {
        checkKey(key)
        const parts: Buffer[] = []
        // Copied, because the owner of a chunk may use its memory again.
        for await (const chunk of arriving.chunks) parts.push(Buffer.from(chunk))
        checkNotCancelled(options.signal)
        objects.set(key, { bytes: Buffer.concat(parts), modifiedAt: new Date() })
      } finally {
        arriving.giveUp()
      }
      return { key, ...arriving.facts() }
    },

    async get(key, range = {}) {
      checkKey(key)
      const held = objects.get(key)
      if (held === undefined) throw notFound(key)
      const { start, end } = withinSize(range, held.bytes.length)
      return Readable.from(slices(held.bytes.subarray(start, end)), { objectMode: false })
    },

    async stat(key) {
      checkKey(key)
      const held = objects.get(key)
      return held && facts(key, held)
    },

    async delete(key) {
      checkKey(key)
      objects.delete(key)
    },

    async *list(prefix) {
      checkPrefix(prefix)
      const keys = [...objects.keys()].filter(key => key.startsWith(prefix)).sort()
      for (const key of keys) {
        const held = objects.get(key)
        if (held !== undefined) yield facts(key, held)
      }
    },
  }
}

function* slices(bytes: Buffer): Generator<Buffer> {
  for (let start = 0; start < bytes.length; start += chunkBytes)
    yield bytes.subarray(start, start + chunkBytes)
}
