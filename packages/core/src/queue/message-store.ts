// What lies below a queue: where messages are kept, claimed for a while, and given up. Not a contract for others.
import type { QueueKind } from './queue.ts'
import type { Turn } from './turns.ts'

export interface Delivery {
  readonly jobId: string
  readonly resource: string
  /** Names this delivery: whoever holds an older claim can no longer do anything to the message. */
  readonly claim: string
  /** This one included, since the message was enqueued. */
  readonly deliveries: number
}

export interface Wanted {
  readonly kind: QueueKind
  /** So many at most. */
  readonly count: number
  /** Those whose turn it is. */
  readonly turns: readonly Turn[]
  /** Of one resource so many at most, with those that run. */
  readonly perResource: number | undefined
  /** Messages for this storage, and those for all. */
  readonly storage: string | undefined
}

export interface MessageStore {
  /** Messages whose moment has come, hidden from others for the visibility timeout. */
  claim(wanted: Wanted, signal: AbortSignal): Promise<Delivery[]>
  /** Hides them for another visibility timeout. Returns those that are still held. */
  renew(claims: readonly string[]): Promise<ReadonlySet<string>>
  /** The message is done with, unless it was enqueued again meanwhile. Does nothing for an older claim. */
  acknowledge(delivery: Delivery): Promise<void>
  /** The message waits again, for `delayMs`. Does nothing for an older claim. */
  release(delivery: Delivery, delayMs: number): Promise<void>
}

/** Has `ring` called whenever a message of this kind may have come; returns what ends that. */
export type Subscribe = (kind: QueueKind, ring: () => void) => () => Promise<void>
