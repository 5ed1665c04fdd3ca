// A job that has failed or was cancelled → pending again, to go on behind its checkpoint.
import { LadingError } from '../../errors/lading-error.ts'
import type { Pool } from '../../postgres/pool/client.ts'
import { checkWaitingJobs } from '../store/claim/waiting-jobs.ts'
import { abandoned, followUp } from '../store/followers.ts'
import type { JobStatus } from '../store/job.ts'
import type { JobRow } from '../store/job-row.ts'
import { lockSql, retrySql } from '../store/job-sql.ts'
import { inTransaction } from '../store/job-transaction.ts'
import { isEnded } from '../store/transitions.ts'
import type { NewWakeUps } from '../store/wake-ups.ts'

export interface RetryContext {
  readonly pool: Pool
  readonly newOutbox: NewWakeUps
  /** Ready jobs of one kind, at most. @defaultValue no limit */
  readonly maxWaitingJobs: number | undefined
}

/**
 * Undefined if there is nothing to retry: it was not failed or cancelled, or there is none.
 *
 * @throws LadingError `AFTER_FAILED` if the job that it is to follow has not completed and never will, `QUEUE_FULL`
 */
export async function retryJob(
  { pool, newOutbox, maxWaitingJobs }: RetryContext,
  id: string,
): Promise<JobRow | undefined> {
  const outbox = newOutbox()
  const row = await inTransaction(pool, async client => {
    const [found] = (await client.query(retrySql, [id])).rows
    const job = found as unknown as JobRow | undefined
    if (job === undefined) return undefined
    if (job.after_job === null) {
      await checkWaitingJobs(client, job.lane, maxWaitingJobs)
      await outbox.wake(client, job.lane)
      return job
    }
    const [before] = (await client.query(lockSql, [job.after_job])).rows
    const status = (before?.status as JobStatus | undefined) ?? null
    if (status === null || (isEnded(status) && status !== 'completed')) {
      throw new LadingError('AFTER_FAILED', abandoned(job.after_job, status))
    }
    await followUp(client, job.after_job, outbox)
    return job
  })
  await outbox.flush()
  return row
}
