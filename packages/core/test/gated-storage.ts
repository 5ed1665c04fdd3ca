// A storage whose files are read as far as a test allows, so that a job can be met in the middle of its work.
import { Readable } from 'node:stream'
import type { Storage } from '../src/index.ts'

export interface GatedStorage extends Storage {
  /** From now on everything is read to its end. */
  open(): void
}

/** @param part of each file that is read before the gate */
export function gated(storage: Storage, part: number): GatedStorage {
  let open: () => void = () => undefined
  const isOpen = new Promise<void>(resolve => {
    open = resolve
  })
  return {
    ...storage,
    open: () => open(),
    async get(key, range) {
      const size = (await storage.stat(key))?.size ?? 0
      const middle = Math.max(range?.start ?? 0, Math.floor(size * part))
      const first = await storage.get(key, { ...range, end: middle })
      async function* chunks() {
        yield* first
        await isOpen
        yield* await storage.get(key, { start: middle })
      }
      return Readable.from(chunks(), { objectMode: false })
    },
  }
}
