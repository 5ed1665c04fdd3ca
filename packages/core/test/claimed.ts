// A claim as a worker makes it, without the worker: what is lost is rescued first.
import { createFairness } from '../src/jobs/dispatch/fairness.ts'
import { claimReadySql } from '../src/jobs/dispatch/ready-sql.ts'
import { rescue } from '../src/jobs/maintenance/rescue.ts'
import type { JobRow } from '../src/jobs/store/job-row.ts'
import { createWakeUps } from '../src/jobs/store/wake-ups.ts'
import { type Pool, withClient } from '../src/postgres/pool/client.ts'
import { memoryQueue } from '../src/queue/memory-queue.ts'

/**
 * @param id the job, if others are ready too
 * @throws Error if there is nothing to claim
 */
export async function claimed(pool: Pool, worker: string, id?: string): Promise<JobRow> {
  const newOutbox = () => createWakeUps(memoryQueue(), () => undefined)
  await rescue({ pool, newOutbox, running: () => [] })
  return withClient(pool, async client => {
    const { rows: lanes } = await client.query(
      `select distinct lane from lading.jobs where status = 'pending' and ($1::uuid is null or id = $1)`,
      [id ?? null],
    )
    if (id !== undefined) {
      const others = `update lading.jobs set due_at = due_at + interval '1 hour' where id <> $1 and status = 'pending'`
      await client.query(others, [id])
    }
    const { text, values } = claimReadySql({
      lanes: lanes.map(({ lane }) => String(lane)),
      count: 1,
      turn: createFairness().turn(),
      worker,
      leaseSeconds: 30,
    })
    const { rows } = await client.query(text, values)
    if (rows[0] === undefined) throw new Error('There is no job to claim.')
    return rows[0] as unknown as JobRow
  })
}
