// Yields to the event loop, so that sockets and timers are served during long work.
import { setImmediate } from 'node:timers/promises'

/** Resolves after pending I/O was handled. */
export function yieldToEventLoop(): Promise<void> {
  return setImmediate()
}
