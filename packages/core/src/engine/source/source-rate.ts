// Passes chunks through and watches their rate: reports a source that is too slow, even one that sends nothing.

export interface MinimumRate {
  readonly bytesPerSecond: number
  /** Window in seconds. Only time spent waiting for the source counts, not time spent processing chunks. */
  readonly windowSeconds: number
}

/** @param onSlow must end the source, which may be waiting for data */
export async function* watchRate(
  chunks: AsyncIterable<Buffer>,
  { bytesPerSecond, windowSeconds }: MinimumRate,
  onSlow: () => void,
): AsyncGenerator<Buffer> {
  const windowMs = windowSeconds * 1000
  const iterator = chunks[Symbol.asyncIterator]()
  let waitedMs = 0
  let bytes = 0
  const next = async (): Promise<IteratorResult<Buffer>> => {
    let began = performance.now()
    let timer: NodeJS.Timeout
    const judge = () => {
      if (bytes < bytesPerSecond * windowSeconds) return onSlow()
      bytes = 0
      waitedMs = 0
      began = performance.now()
      timer = setTimeout(judge, windowMs)
    }
    timer = setTimeout(judge, windowMs - waitedMs)
    try {
      return await iterator.next()
    } finally {
      clearTimeout(timer)
      waitedMs += performance.now() - began
    }
  }
  try {
    for (let result = await next(); result.done !== true; result = await next()) {
      bytes += result.value.length
      yield result.value
    }
  } finally {
    await iterator.return?.()
  }
}
