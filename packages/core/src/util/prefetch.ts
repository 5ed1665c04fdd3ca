// Lets a source run ahead of its consumer, so that decoding goes on while the database works.

/**
 * Yields what `source` yields, in order, asking for up to `ahead` items before they are wanted. An error comes
 * after the items before it. When the consumer stops early, the source is closed.
 *
 * @param giveUp called before that: a source that waits cannot be closed until it goes on
 */
export async function* prefetch<T>(
  source: AsyncIterable<T>,
  ahead: number,
  giveUp: () => void = () => undefined,
): AsyncGenerator<T> {
  const iterator = source[Symbol.asyncIterator]()
  const asked: Promise<IteratorResult<T>>[] = []
  const ask = () => {
    const next = iterator.next()
    // It is awaited below; until then a rejection must not count as unhandled.
    next.catch(() => undefined)
    asked.push(next)
  }
  try {
    for (let count = 0; count < Math.max(1, ahead); count++) ask()
    for (let next = asked.shift(); next !== undefined; next = asked.shift()) {
      const result = await next
      if (result.done === true) return
      ask()
      yield result.value
    }
  } finally {
    giveUp()
    await iterator.return?.()
  }
}
