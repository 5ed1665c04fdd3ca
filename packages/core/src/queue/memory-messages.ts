// Messages in memory: what the table `lading.queue` is for the other queue, with the same rules.
import { randomUUID } from 'node:crypto'
import type { Delivery, MessageStore, Wanted } from './message-store.ts'
import type { QueueKind, QueueMessage } from './queue.ts'

interface Held {
  readonly jobId: string
  resource: string
  kind: QueueKind
  /** Undefined: for consumers of all. */
  storage: string | undefined
  /** Monotonic milliseconds: from then on it may be claimed. */
  visibleAt: number
  claim: string | undefined
  deliveries: number
  /** Enqueued again while a handler ran, for this moment. */
  againAt: number | undefined
}

export interface MemoryMessages extends MessageStore {
  /** False if there are `maxDepth` messages already. */
  add(message: QueueMessage, maxDepth: number | undefined): boolean
  depth(kind: QueueKind): number
  forget(jobId: string): void
}

/** @param announce called when a message may be claimed, or will be after that many milliseconds. */
export function memoryMessages(
  visibilityMs: number,
  announce: (kind: QueueKind, afterMs: number) => void,
): MemoryMessages {
  const messages = new Map<string, Held>()
  const isWaiting = (held: Held) => held.claim === undefined || held.visibleAt <= performance.now()
  const byClaim = (claim: string) => [...messages.values()].find(held => held.claim === claim)
  const waiting = (kind: QueueKind) =>
    [...messages.values()].filter(held => held.kind === kind && isWaiting(held))

  function giveBack(held: Held, visibleAt: number): void {
    held.claim = undefined
    held.visibleAt = Math.min(visibleAt, held.againAt ?? visibleAt)
    held.againAt = undefined
    announce(held.kind, held.visibleAt - performance.now())
  }

  return {
    add({ jobId, resource, kind, notBefore, storage }, maxDepth) {
      const now = performance.now()
      const visibleAt = now + Math.max(0, (notBefore?.getTime() ?? 0) - Date.now())
      const held = messages.get(jobId)
      if (held !== undefined) Object.assign(held, { kind, resource, storage })
      if (held === undefined) {
        const rivals = waiting(kind).filter(other => isFor(storage, other))
        if (maxDepth !== undefined && rivals.length >= maxDepth) return false
        const fresh = { claim: undefined, deliveries: 0, againAt: undefined }
        messages.set(jobId, { jobId, resource, kind, storage, visibleAt, ...fresh })
      } else if (isWaiting(held)) held.visibleAt = Math.min(held.visibleAt, visibleAt)
      else held.againAt = Math.min(held.againAt ?? visibleAt, visibleAt)
      announce(kind, visibleAt - now)
      return true
    },

    async claim(wanted) {
      const now = performance.now()
      const due = [...messages.values()].filter(
        held => held.kind === wanted.kind && held.visibleAt <= now && isFor(wanted.storage, held),
      )
      return inTurn(due, wanted).map((held): Delivery => {
        const claim = randomUUID()
        Object.assign(held, { claim, visibleAt: now + visibilityMs, againAt: undefined })
        const { jobId, resource } = held
        return { jobId, resource, claim, deliveries: ++held.deliveries }
      })
    },

    async renew(claims) {
      const held = claims.map(byClaim).filter(each => each !== undefined)
      for (const each of held) each.visibleAt = performance.now() + visibilityMs
      return new Set(held.map(({ claim }) => claim ?? ''))
    },

    async acknowledge({ claim }) {
      const held = byClaim(claim)
      if (held?.againAt !== undefined) {
        held.deliveries = 0
        giveBack(held, held.againAt)
      } else if (held !== undefined) messages.delete(held.jobId)
    },

    async release({ claim }, delayMs) {
      const held = byClaim(claim)
      if (held !== undefined) giveBack(held, performance.now() + delayMs)
    },

    depth: kind => waiting(kind).length,

    forget(jobId) {
      const held = messages.get(jobId)
      if (held === undefined) return
      if (isWaiting(held)) messages.delete(jobId)
      else held.againAt = undefined
    },
  }
}

/** Whether a consumer of this storage may have the message. */
function isFor(storage: string | undefined, held: Held): boolean {
  return held.storage === undefined || held.storage === storage
}

/** The first `count` in the order of turns; see `createTurns`. */
function inTurn(due: readonly Held[], { count, turns, perResource = Infinity }: Wanted): Held[] {
  const known = new Map(turns.map(turn => [turn.resource, turn]))
  const ranks = new Map<string, number>()
  const candidates: { held: Held; place: number; served: number }[] = []
  for (const held of due) {
    const rank = (ranks.get(held.resource) ?? 0) + 1
    ranks.set(held.resource, rank)
    const turn = known.get(held.resource)
    const place = rank + (turn?.running ?? 0)
    // More than `count` of one resource are never taken.
    if (rank <= count && place <= perResource) candidates.push({ held, place, served: turn?.served ?? 0 })
  }
  candidates.sort((one, other) => one.place - other.place || one.served - other.served)
  return candidates.slice(0, count).map(({ held }) => held)
}
