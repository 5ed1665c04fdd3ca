// What a source yields, until a signal comes: also a source that is silent just then, and one that cannot be closed.
import { setTimeout } from 'node:timers/promises'

/** Milliseconds that a source has to close itself, before it is left to itself. */
const closingMs = 500

/**
 * Once aborted, throws the signal's reason at once, whatever the source waits for. The source's `return()` is called on
 * every way out but its own end, and waited for a moment only: a generator that waits cannot be closed before it goes on.
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
      // A promise for each item: one for all of them would keep what waited for it until the end.
      const next = await new Promise<IteratorResult<Item>>((resolve, reject) => {
        giveUp = reject
        asked(items).then(resolve, reason => {
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
    if (isOpen) await closed(items)
  }
}

/** Of items that are promises, as `for await` has it. */
async function asked<Item>(items: AsyncIterator<Item> | Iterator<Item>): Promise<IteratorResult<Item>> {
  const { done, value } = await items.next()
  return done === true ? { done, value } : { done: false, value: await value }
}

/** Why it is closed is known, and what it says to that changes nothing. */
async function closed(items: AsyncIterator<unknown> | Iterator<unknown>): Promise<void> {
  const timer = new AbortController()
  const late = setTimeout(closingMs, undefined, { signal: timer.signal }).catch(() => undefined)
  await Promise.race([(async () => items.return?.())().catch(() => undefined), late])
  timer.abort()
}
