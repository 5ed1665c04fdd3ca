// Wraps a storage so that its own errors become faults with a message for users, in one place for all callers.
import type { Readable } from 'node:stream'
import type { Storage, StorageWithCapacity } from './storage.ts'
import { storageFault } from './storage-faults.ts'

/**
 * Errors of `put` may come from its source, and are passed on. Any other error that is not a fault becomes a fault of
 * the storage. Optional methods are present if the storage has them.
 */
export function withTranslatedFaults(storage: Storage): Storage {
  const { identity, checkCapacity, removeUnfinished, signedUrl } = storage as Partial<StorageWithCapacity>
  const result: Storage & Partial<StorageWithCapacity> = {
    put: (...put) => storage.put(...put),
    get: async (...get) => withTranslatedErrors(await storage.get(...get).catch(asFault)),
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
    ...(checkCapacity && { checkCapacity: bytes => checkCapacity.call(storage, bytes) }),
    ...(removeUnfinished && {
      removeUnfinished: before => removeUnfinished.call(storage, before).catch(asFault),
    }),
  }
  return result
}

/** A stream fails with the error that it is destroyed with. */
function withTranslatedErrors(stream: Readable): Readable {
  const destroy = stream.destroy.bind(stream)
  stream.destroy = error => destroy(error === undefined || error === null ? undefined : storageFault(error))
  return stream
}

function asFault(error: unknown): never {
  throw storageFault(error)
}
