// Reads ranges of a stored source as decoded UTF-8, from its beginning to its end.
import { addAbortSignal, type Readable } from 'node:stream'
import { defaults } from '../../config/defaults.ts'
import { isPlain, openText } from '../../engine/format/text/decode-text.ts'
import type { FileOptions } from '../../engine/import/import-options.ts'
import { readChunks } from '../../engine/source/chunks.ts'
import type { Storage } from '../../storage/storage.ts'

export interface SourceBytes {
  /** Yields the bytes from `start` up to `end` in chunks. A range must not begin before the end of the previous one. */
  range(start: number, end: number): AsyncIterable<Buffer>
  close(): void
}

/** Reads the first bytes of the source, and opens it only for the first range. */
export async function sourceBytes(
  storage: Storage,
  key: string,
  options: FileOptions,
  signal: AbortSignal,
): Promise<SourceBytes> {
  const start = await firstBytes(storage, key)
  return isPlain(options, start) ? stored(storage, key, signal) : decoded(storage, key, options, signal)
}

async function firstBytes(storage: Storage, key: string): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of await storage.get(key, { start: 0, end: 4 })) chunks.push(chunk)
  return Buffer.concat(chunks)
}

/** The stored bytes are already decoded text, so only the requested ranges are read. */
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

/** A compressed file can only be read from its start, so it is read once, in step with the ranges. */
function decoded(storage: Storage, key: string, options: FileOptions, signal: AbortSignal): SourceBytes {
  let chunks: AsyncIterator<Buffer> | undefined
  let source: Readable | undefined
  /** Decoded bytes that have not been yielded yet, and their offset. */
  let chunk: Buffer = Buffer.alloc(0)
  let chunkStart = 0
  const next = async (): Promise<boolean> => {
    if (chunks === undefined) {
      source = await storage.get(key)
      chunks = openText(readChunks(source, defaults.decodeChunkBytes, signal), options)[
        Symbol.asyncIterator
      ]()
    }
    chunkStart += chunk.length
    const { value, done } = await chunks.next()
    chunk = done === true ? Buffer.alloc(0) : value
    return done !== true
  }
  return {
    async *range(start, end) {
      while (chunkStart + chunk.length <= start) if (!(await next())) return
      for (let from = start; from < end; ) {
        const part = chunk.subarray(from - chunkStart, end - chunkStart)
        if (part.length > 0) yield part
        from += part.length
        if (from < end && !(await next())) return
      }
    },
    close: () => source?.destroy(),
  }
}
