// Renews the leases of all jobs of a process on a dedicated connection, and reports lost ones.
import type { Pool } from '../../postgres/pool/checkout.ts'
import { openDedicatedConnection } from '../../queue/dedicated-connection.ts'
import type { JobRow } from '../store/job-row.ts'
import { renewSql } from '../store/job-sql.ts'

/** Renewals per lease, of which two may fail. */
const renewalsPerLease = 3

export interface Heartbeat {
  /**
   * Renews the lease of a job until the returned function is called.
   *
   * @param onLost called if the job was taken over, cancelled or ended
   */
  track(job: Pick<JobRow, 'id' | 'token'>, onLost: () => void): () => void
  /** Stops, and closes its connection. */
  close(): Promise<void>
}

interface TrackedJob {
  readonly job: Pick<JobRow, 'id' | 'token'>
  readonly onLost: () => void
}

/**
 * The connection is opened before there is a job, so that no renewal has to wait for a busy pool.
 *
 * @param report called with the error of a broken connection
 */
export function startHeartbeat(
  pool: Pool,
  leaseSeconds: number,
  report: (error: unknown) => void,
): Heartbeat {
  const everyMs = (leaseSeconds * 1000) / renewalsPerLease
  const tracked = new Set<TrackedJob>()
  let isRenewing = false

  async function renew(): Promise<void> {
    const now = [...tracked]
    // A new connection starts with a renewal.
    if (isRenewing || now.length === 0 || connection.run === undefined) return
    isRenewing = true
    try {
      const values = [now.map(({ job }) => job.id), now.map(({ job }) => job.token), leaseSeconds]
      const { rows } = await connection.run({ text: renewSql, values })
      const ours = new Set(rows.map(({ id }) => id))
      for (const entry of now) if (!ours.has(entry.job.id) && tracked.has(entry)) entry.onLost()
    } catch {
      // A failed renewal does not lose the lease: the next one may succeed before it expires.
    } finally {
      isRenewing = false
    }
  }

  const connection = openDedicatedConnection(pool, {
    onReady: () => void renew(),
    report,
    longestPauseMs: everyMs,
  })
  const timer = setInterval(() => void renew(), everyMs)
  return {
    track(job, onLost) {
      const entry = { job, onLost }
      tracked.add(entry)
      return () => void tracked.delete(entry)
    },
    async close() {
      clearInterval(timer)
      await connection.close()
    },
  }
}
