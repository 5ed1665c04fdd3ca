// A storage that breaks down once, so that a job has something to wait for.
import { memoryStorage, type Storage } from '../../src/index.ts'

/** Cannot be read the first time. */
export function brokenOnce(): Storage {
  const storage = memoryStorage()
  let isBroken = true
  return {
    ...storage,
    async get(...asked) {
      if (!isBroken) return storage.get(...asked)
      isBroken = false
      throw new Error('away')
    },
  }
}
