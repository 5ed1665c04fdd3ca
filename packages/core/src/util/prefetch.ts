// Lets a source run ahead of its consumer, so that decoding continues while the database works.

/**
 * Yields the items of `source` in order, requesting up to `ahead` items in advance. An error is thrown after the items
 * before it. When the consumer stops early, the source is closed.
 *
 * @param giveUp called before the source is closed, to interrupt a source that is waiting and could not close otherwise
 */
export async function* prefetch<T>(
  source: AsyncIterable<T>,
  ahead: number,
  giveUp: () => void = () => undefined,
): AsyncGenerator<T> {
  const iterator = source[Symbol.asyncIterator]()
  const pending: Promise<IteratorResult<T>>[] = []
  const requestNext = () => {
    const next = iterator.next()
    // Awaited below; until then a rejection must not count as unhandled.
    next.catch(() => undefined)
    pending.push(next)
  }
  try {
    for (let count = 0; count < Math.max(1, ahead); count++) requestNext()
    for (let next = pending.shift(); next !== undefined; next = pending.shift()) {
      const result = await next
      if (result.done === true) return
      requestNext()
      yield result.value
    }
  } finally {
    giveUp()
    await iterator.return?.()
  }
}
