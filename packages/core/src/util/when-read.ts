// A stream that is opened only when somebody reads it, and is given up as soon as he leaves.
import type { Readable } from 'node:stream'
import { readableFrom } from './readable-from.ts'

/** What `open` gives, byte for byte. Destroying it destroys what was opened, also while that waits for its first byte. */
export function whenRead(open: () => Promise<Readable>): Readable {
  let opened: Readable | undefined
  let isLeft = false
  async function* chunks(): AsyncGenerator<Buffer> {
    opened = await open()
    if (isLeft) opened.destroy()
    else yield* opened
  }
  return readableFrom(chunks(), () => {
    isLeft = true
    opened?.destroy()
  })
}
