// After how long a message comes again, where its handler knows better than the queue.

const pauses = new WeakMap<object, number>()

/** Marks what a handler rejects with. The handler has told its own log about it: the queue does not. */
export function withPause<Reason extends object>(reason: Reason, pauseMs: number): Reason {
  pauses.set(reason, pauseMs)
  return reason
}

/** Milliseconds; undefined where the handler did not say. */
export function pauseOf(reason: unknown): number | undefined {
  return typeof reason === 'object' && reason !== null ? pauses.get(reason) : undefined
}
