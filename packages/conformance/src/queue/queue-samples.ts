// Shared by the cases of the queue suite: the queue under test, and a listener that records its notifications.
import type { Client, Queue } from '@lading/core'

/** A queue without listeners, and what some cases need in addition. */
export interface QueueFixture {
  /** As `createJobs` uses it: with its pool, if it needs one. */
  readonly queue: Queue
  /** Another queue object that reaches the same workers, as in another process. The case closes it. */
  another?(): Promise<Queue>
  /** A connection inside a transaction. */
  begin?(): Promise<{ readonly client: Client; commit(): Promise<void>; rollback(): Promise<void> }>
  cleanup(): Promise<void>
}

export type FixturePart = 'another' | 'begin'

export interface QueueCase {
  readonly needs?: FixturePart
  run(fixture: Required<QueueFixture>): Promise<void>
}

export interface Heard {
  /** Lanes in the order of their notifications; undefined where notifications may have been missed. */
  readonly wakes: (string | undefined)[]
  /** Ids of interrupted jobs. */
  readonly interrupts: string[]
  /** Resolves as `listen` does. */
  readonly ended: Promise<void>
  /** How often this lane was notified by name. */
  count(lane: string): number
  /** Aborts the signal, and waits for the end. */
  stop(): Promise<void>
}

export function listener(queue: Queue, lanes: readonly string[], abort = new AbortController()): Heard {
  const wakes: (string | undefined)[] = []
  const interrupts: string[] = []
  const ended = queue.listen({
    lanes,
    onWake: lane => void wakes.push(lane),
    onInterrupt: id => void interrupts.push(id),
    onError: () => undefined,
    signal: abort.signal,
  })
  return {
    wakes,
    interrupts,
    ended,
    count: lane => wakes.filter(heard => heard === lane).length,
    async stop() {
      abort.abort()
      await ended
    },
  }
}
