// A job that is wanted → a pending job and its queue message, or nothing at all.
import { randomUUID } from 'node:crypto'
import { failpoint } from '../util/failpoint.ts'
import { followUp } from './followers.ts'
import type { OpenClaim } from './idempotency.ts'
import type { Job } from './job.ts'
import { toJob } from './job-row.ts'
import type { JobStore } from './job-store.ts'
import type { NewJob } from './new-job.ts'
import { messageOf, type NewOutbox } from './outbox.ts'
import { lockSql } from './retry.ts'
import { undecided } from './transaction.ts'

export interface Begun {
  readonly job: Job
  /** False for the job that the same request with the same key became before. */
  readonly isNew: boolean
}

/**
 * A queue in the same database gets its message in the transaction that writes the job; any other, right behind it.
 * A job that waits for another one gets its message when that one completes.
 *
 * @throws LadingError of which `isUndecided` tells whether there may be a job all the same
 */
export async function begin(
  wanted: Omit<NewJob, 'id'>,
  { store, newOutbox }: { readonly store: JobStore; readonly newOutbox: NewOutbox },
  claim: OpenClaim | undefined,
): Promise<Begun> {
  const job: NewJob = { ...wanted, id: randomUUID() }
  const earlier = claim?.earlierJob(job)
  if (earlier !== undefined) {
    const row = await store.get(earlier)
    if (row !== undefined) return { job: toJob(row), isNew: false }
  }
  const outbox = newOutbox()
  const row = await store.insert(job, async client => {
    await claim?.settle(client, job)
    if (job.after === undefined) return outbox.send(client, messageOf(job))
    // It cannot end before this transaction does; and if it has ended already, its end did not see this job.
    await client.query(lockSql, [job.after])
    return followUp(client, job.after, outbox)
  })
  failpoint('after_job_row_before_enqueue')
  await outbox.flush().catch(async (error: unknown) => {
    // Whoever is told that it failed sends it again; so it must not be done, unless somebody has begun it.
    if (await store.withdraw(job.id).catch(undecided)) throw error
  })
  return { job: toJob(row), isNew: true }
}
