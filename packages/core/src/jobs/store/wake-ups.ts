// What follows from a transaction once it is committed: workers to wake, and the jobs that it ended to report.
import type { Client } from '../../postgres/pool/client.ts'
import type { Queue } from '../../queue/queue.ts'
import type { JobRow } from './job-row.ts'

export interface WakeUps {
  /** Wakes the workers of a lane with the commit. Twice for one lane: once. */
  wake(client: Client, lane: string): Promise<void>
  /** Reports a job that the transaction ends without completing it; of one that completes, its worker reports. */
  ended(job: JobRow): void
  /** To be called after the commit. It does not fail: a wake-up that is lost is made up for by polling. */
  flush(): Promise<void>
}

/** One for each transaction. */
export type NewWakeUps = () => WakeUps

/** @param onEnded receives the jobs that were ended, after the commit */
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
