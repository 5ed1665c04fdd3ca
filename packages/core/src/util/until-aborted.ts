// Yields the items of a source until a signal aborts, even if the source is waiting or cannot be closed.
import { setTimeout } from 'node:timers/promises'

/** Milliseconds to wait for a source to close, before it is abandoned. */
const closingMs = 500

/**
 * Once aborted, throws the signal's reason at once, whatever the source is waiting for. Calls the source's `return()`
 * unless the source ended or failed, and waits at most `closingMs` for it: a waiting generator cannot be closed.
 */
export async function* untilAborted<Item>(
  source: AsyncIterable<Item> | Iterable<Item>,
  signal: AbortSignal,
): AsyncGenerator<Item> {
  const items: AsyncIterator<Item> | Iterator<Item> =
    Symbol.asyncIterator in source ? source[Symbol.asyncIterator]() : source[Symbol.iterator]()
  let giveUp: (reason: unknown) => void = () => undefined
  const onAbort = () => giveUp(signal.reason)
  signal.addEventListener('abort', onAbort, { once: true })
  let isOpen = true
  try {
    for (;;) {
      signal.throwIfAborted()
      // One promise per item: a shared one would retain everything that waited for it until the end.
      const next = await new Promise<IteratorResult<Item>>((resolve, reject) => {
        giveUp = reject
        nextItem(items).then(resolve, reason => {
          isOpen = false
          reject(reason)
        })
      })
      if (next.done === true) {
        isOpen = false
        return
      }
      yield next.value
    }
  } finally {
    signal.removeEventListener('abort', onAbort)
    if (isOpen) await close(items)
  }
}

/** The next item. Awaits items that are promises, as `for await` does. */
async function nextItem<Item>(items: AsyncIterator<Item> | Iterator<Item>): Promise<IteratorResult<Item>> {
  const { done, value } = await items.next()
  return done === true ? { done, value } : { done: false, value: await value }
}

/** Closes the iterator and ignores its errors: the reason for closing is already known. */
async function close(items: AsyncIterator<unknown> | Iterator<unknown>): Promise<void> {
  const timer = new AbortController()
  const timeout = setTimeout(closingMs, undefined, { signal: timer.signal }).catch(() => undefined)
  await Promise.race([(async () => items.return?.())().catch(() => undefined), timeout])
  timer.abort()
}
