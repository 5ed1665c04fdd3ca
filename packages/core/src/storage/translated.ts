// A storage → the same one, of which errors of its own become faults with a sentence of ours: in one place for all its users.
import type { Readable } from 'node:stream'
import { storageFault } from './faults.ts'
import type { Storage, StorageWithCapacity } from './storage.ts'

/**
 * What a `put` rejects with may come from its source, and is passed on. Everything else that is no fault is a breakdown
 * of the storage, whoever made it. Optional methods are there if the storage has them.
 */
export function translated(storage: Storage): Storage {
  const {
    identity,
    checkCapacity: expectRoom,
    removeUnfinished,
    signedUrl,
  } = storage as Partial<StorageWithCapacity>
  const ours: Storage & Partial<StorageWithCapacity> = {
    put: (...put) => storage.put(...put),
    get: async (...get) => told(await storage.get(...get).catch(asFault)),
    stat: key => storage.stat(key).catch(asFault),
    delete: key => storage.delete(key).catch(asFault),
    async *list(prefix) {
      try {
        yield* storage.list(prefix)
      } catch (error) {
        asFault(error)
      }
    },
    ...(identity && { identity: async () => identity.call(storage).catch(asFault) }),
    ...(signedUrl && { signedUrl: (...signed) => signedUrl.apply(storage, signed) }),
    ...(expectRoom && { checkCapacity: bytes => expectRoom.call(storage, bytes) }),
    ...(removeUnfinished && {
      removeUnfinished: before => removeUnfinished.call(storage, before).catch(asFault),
    }),
  }
  return ours
}

/** A stream that breaks says so by the error that it is destroyed with. */
function told(stream: Readable): Readable {
  const destroy = stream.destroy.bind(stream)
  stream.destroy = error => destroy(error === undefined || error === null ? undefined : storageFault(error))
  return stream
}

function asFault(error: unknown): never {
  throw storageFault(error)
}
