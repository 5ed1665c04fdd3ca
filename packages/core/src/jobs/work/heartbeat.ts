// One heart for all jobs of a process: renews their leases on a connection of its own, and tells who has lost one.
import type { Pool } from '../../postgres/pool/client.ts'
import { openDedicatedConnection } from '../../queue/dedicated-connection.ts'
import type { JobRow } from '../store/job-row.ts'
import { renewSql } from '../store/job-sql.ts'

/** Beats in the time of a lease: two may fail. */
const beatsInLease = 3

export interface Heartbeat {
  /**
   * Renews the lease of a job until the returned function is called.
   *
   * @param onLost called if the job was taken over, cancelled or ended
   */
  beatFor(job: Pick<JobRow, 'id' | 'token'>, onLost: () => void): () => void
  /** Gives its connection up. */
  close(): Promise<void>
}

interface Beating {
  readonly job: Pick<JobRow, 'id' | 'token'>
  readonly onLost: () => void
}

/**
 * The connection is borrowed before there is a job, so that no beat waits for the pool behind those who use it up.
 *
 * @param report hears of connections that broke
 */
export function startHeartbeat(
  pool: Pool,
  leaseSeconds: number,
  report: (error: unknown) => void,
): Heartbeat {
  const everyMs = (leaseSeconds * 1000) / beatsInLease
  const beating = new Set<Beating>()
  let isBeating = false

  async function beat(): Promise<void> {
    const now = [...beating]
    // While there is no connection, the next one begins with a beat.
    if (isBeating || now.length === 0 || kept.run === undefined) return
    isBeating = true
    try {
      const values = [now.map(({ job }) => job.id), now.map(({ job }) => job.token), leaseSeconds]
      const { rows } = await kept.run({ text: renewSql, values })
      const ours = new Set(rows.map(({ id }) => id))
      for (const each of now) if (!ours.has(each.job.id) && beating.has(each)) each.onLost()
    } catch {
      // A beat that fails is not a lease that is lost: the next one may come through before it runs out.
    } finally {
      isBeating = false
    }
  }

  const kept = openDedicatedConnection(pool, {
    onReady: () => void beat(),
    report,
    longestPauseMs: everyMs,
  })
  const timer = setInterval(() => void beat(), everyMs)
  return {
    beatFor(job, onLost) {
      const each = { job, onLost }
      beating.add(each)
      return () => void beating.delete(each)
    },
    async close() {
      clearInterval(timer)
      await kept.close()
    },
  }
}
