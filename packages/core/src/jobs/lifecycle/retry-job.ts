// A failed or cancelled job → pending again, to resume after its checkpoint.
import { LadingError } from '../../errors/lading-error.ts'
import type { Pool } from '../../postgres/pool/checkout.ts'
import { checkWaitingJobs } from '../store/claim/waiting-jobs.ts'
import { abandonedMessage, updateFollowers } from '../store/followers.ts'
import type { JobStatus } from '../store/job.ts'
import type { JobRow } from '../store/job-row.ts'
import { lockSql, retrySql } from '../store/job-sql.ts'
import { inTransaction } from '../store/job-transaction.ts'
import { isEnded } from '../store/transitions.ts'
import type { NewWakeUps } from '../store/wake-ups.ts'

export interface RetryContext {
  readonly pool: Pool
  readonly newWakeUps: NewWakeUps
  /** Maximum number of ready jobs of one kind. @defaultValue no limit */
  readonly maxWaitingJobs: number | undefined
}

/**
 * Undefined if the job has not failed or been cancelled, or does not exist.
 *
 * @throws LadingError `AFTER_FAILED` if the job that it waits for has not completed and never will, `QUEUE_FULL`
 */
export async function retryJob(
  { pool, newWakeUps, maxWaitingJobs }: RetryContext,
  id: string,
): Promise<JobRow | undefined> {
  const wakeUps = newWakeUps()
  const row = await inTransaction(pool, async client => {
    const [found] = (await client.query(retrySql, [id])).rows
    const job = found as unknown as JobRow | undefined
    if (job === undefined) return undefined
    if (job.after_job === null) {
      await checkWaitingJobs(client, job.lane, maxWaitingJobs)
      await wakeUps.wake(client, job.lane)
      return job
    }
    const [predecessor] = (await client.query(lockSql, [job.after_job])).rows
    const status = (predecessor?.status as JobStatus | undefined) ?? null
    if (status === null || (isEnded(status) && status !== 'completed')) {
      throw new LadingError('AFTER_FAILED', abandonedMessage(job.after_job, status))
    }
    await updateFollowers(client, job.after_job, wakeUps)
    return job
  })
  await wakeUps.flush()
  return row
}
