// Chunks as they come, with an eye on how fast: whoever sends too slowly is told of, also while nothing comes at all.

export interface Rate {
  readonly bytesPerSecond: number
  /** Of waiting. Time in which nobody asked for the next chunk does not count: then it is we who are slow. */
  readonly seconds: number
}

/** @param onSlow must make the source end, which may be silent */
export async function* watchRate(
  chunks: AsyncIterable<Buffer>,
  { bytesPerSecond, seconds }: Rate,
  onSlow: () => void,
): AsyncGenerator<Buffer> {
  const windowMs = seconds * 1000
  const iterator = chunks[Symbol.asyncIterator]()
  let waitedMs = 0
  let bytes = 0
  const next = async (): Promise<IteratorResult<Buffer>> => {
    let began = performance.now()
    let timer: NodeJS.Timeout
    const judge = () => {
      if (bytes < bytesPerSecond * seconds) return onSlow()
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
