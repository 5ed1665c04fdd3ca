// A stream that opens its source on the first read, and destroys it as soon as the reader leaves.
import type { Readable } from 'node:stream'
import { readableFrom } from './readable-from.ts'

/**
 * Returns a stream with the bytes of the stream that `open` returns. Destroying it aborts the signal passed to `open`
 * and destroys the opened stream, even one that is still waiting for its first byte.
 */
export function openOnRead(open: (signal: AbortSignal) => Promise<Readable>): Readable {
  let opened: Readable | undefined
  const controller = new AbortController()
  async function* chunks(): AsyncGenerator<Buffer> {
    opened = await open(controller.signal)
    if (controller.signal.aborted) opened.destroy()
    else yield* opened
  }
  return readableFrom(chunks(), () => {
    controller.abort()
    opened?.destroy()
  })
}
