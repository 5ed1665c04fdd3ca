// Gives the event loop a turn, so that sockets and timers are served between two pieces of long work.
import { setImmediate } from 'node:timers/promises'

/** Resolves after pending I/O had its turn. */
export function turn(): Promise<void> {
  return setImmediate()
}
