// Parts of a stored source as decoded UTF-8, asked for from its beginning to its end.
import { addAbortSignal, type Readable } from 'node:stream'
import { defaults } from '../../config/defaults.ts'
import { isPlain, openText } from '../../engine/format/text/text.ts'
import type { FileOptions } from '../../engine/import/import-options.ts'
import { readChunks } from '../../engine/source/chunks.ts'
import type { Storage } from '../../storage/storage.ts'

export interface SourceBytes {
  /** The bytes from `start` up to `end`, in chunks. Each range begins where the one before it ended, or behind it. */
  range(start: number, end: number): AsyncIterable<Buffer>
  close(): void
}

/** Opens nothing before it is asked for the first range. */
export async function sourceBytes(
  storage: Storage,
  key: string,
  settings: FileOptions,
  signal: AbortSignal,
): Promise<SourceBytes> {
  const start = await firstBytes(storage, key)
  return isPlain(settings, start) ? stored(storage, key, signal) : decoded(storage, key, settings, signal)
}

async function firstBytes(storage: Storage, key: string): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of await storage.get(key, { start: 0, end: 4 })) chunks.push(chunk)
  return Buffer.concat(chunks)
}

/** The stored bytes are the decoded ones, so that only what is asked for is read. */
function stored(storage: Storage, key: string, signal: AbortSignal): SourceBytes {
  let open: Readable | undefined
  return {
    async *range(start, end) {
      open = addAbortSignal(signal, await storage.get(key, { start, end }))
      yield* open
    },
    close: () => open?.destroy(),
  }
}

/** A compressed file can only be read from its start: once, in step with what is asked for. */
function decoded(storage: Storage, key: string, settings: FileOptions, signal: AbortSignal): SourceBytes {
  let chunks: AsyncIterator<Buffer> | undefined
  let source: Readable | undefined
  /** What was decoded and not passed yet, and the place where it begins. */
  let chunk: Buffer = Buffer.alloc(0)
  let at = 0
  const next = async (): Promise<boolean> => {
    if (chunks === undefined) {
      source = await storage.get(key)
      chunks = openText(readChunks(source, defaults.decodeChunkBytes, signal), settings)[
        Symbol.asyncIterator
      ]()
    }
    at += chunk.length
    const { value, done } = await chunks.next()
    chunk = done === true ? Buffer.alloc(0) : value
    return done !== true
  }
  return {
    async *range(start, end) {
      while (at + chunk.length <= start) if (!(await next())) return
      for (let from = start; from < end; ) {
        const part = chunk.subarray(from - at, end - at)
        if (part.length > 0) yield part
        from += part.length
        if (from < end && !(await next())) return
      }
    },
    close: () => source?.destroy(),
  }
}
