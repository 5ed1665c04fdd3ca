// Actions after a commit: waking workers, and reporting the jobs that the transaction ended.
import type { Client } from '../../postgres/pool/checkout.ts'
import type { Queue } from '../../queue/queue.ts'
import type { JobRow } from './job-row.ts'

export interface WakeUps {
  /** Wakes the workers of a lane with the commit. Twice for one lane: once. */
  wake(client: Client, lane: string): Promise<void>
  /** Reports a job that the transaction ends without completing it; a worker reports its own completed jobs. */
  ended(job: JobRow): void
  /** Call it after the commit. It does not throw: polling makes up for a lost wake-up. */
  flush(): Promise<void>
}

/** One for each transaction. */
export type NewWakeUps = () => WakeUps

/** @param onEnded called after the commit, with each job that was ended */
export function createWakeUps(queue: Queue, onEnded: (job: JobRow) => void): WakeUps {
  const lanes = new Set<string>()
  const ends: JobRow[] = []
  return {
    async wake(client, lane) {
      if (lanes.has(lane)) return
      lanes.add(lane)
      if (queue.joinsTransactions) await queue.wake(lane, { client })
    },
    ended: job => void ends.push(job),
    async flush() {
      for (const job of ends.splice(0)) onEnded(job)
      if (queue.joinsTransactions) return
      await Promise.allSettled([...lanes].map(lane => queue.wake(lane)))
    },
  }
}
