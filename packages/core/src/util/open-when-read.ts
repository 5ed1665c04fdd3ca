// A stream that is opened only when somebody reads it, and is given up as soon as he leaves.
import type { Readable } from 'node:stream'
import { readableFrom } from './readable-from.ts'

/** What `open` gives, byte for byte. Destroying it destroys what was opened, also while that waits for its first byte, and ends the opening by its signal. */
export function whenRead(open: (signal: AbortSignal) => Promise<Readable>): Readable {
  let opened: Readable | undefined
  const left = new AbortController()
  async function* chunks(): AsyncGenerator<Buffer> {
    opened = await open(left.signal)
    if (left.signal.aborted) opened.destroy()
    else yield* opened
  }
  return readableFrom(chunks(), () => {
    left.abort()
    opened?.destroy()
  })
}
