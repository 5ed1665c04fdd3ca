// Updates the jobs that wait for a job, in the transaction that ends it.
import type { Client } from '../../postgres/pool/checkout.ts'
import type { JobStatus } from './job.ts'
import { type JobRow, jobColumns } from './job-row.ts'
import { isEnded, transitionAllowedSql, transitionSql } from './transitions.ts'
import type { WakeUps } from './wake-ups.ts'

/**
 * Makes the waiting jobs ready if the job has completed. If it failed, was cancelled or is unknown, fails them and
 * their own followers. Does nothing while the job has not ended. Twice: nothing more.
 *
 * @param id the job that they wait for
 */
export async function updateFollowers(client: Client, id: string, wakeUps: WakeUps): Promise<void> {
  const [found] = (await client.query(statusSql, [id])).rows
  // The statement has this one column.
  const status = found?.status as JobStatus | null | undefined
  if (status === undefined || (status !== null && !isEnded(status))) return
  if (status === 'completed') {
    const { rows } = await client.query(beginSql, [id])
    for (const { lane } of rows) await wakeUps.wake(client, String(lane))
    return
  }
  const { rows } = await client.query(abandonSql, [id, abandonedMessage(id, status)])
  for (const row of rows as unknown as JobRow[]) {
    wakeUps.ended(row)
    await updateFollowers(client, row.id, wakeUps)
  }
}

/** The reason why a waiting job failed. @param status of the job it waited for; null if that no longer exists */
export function abandonedMessage(id: string, status: JobStatus | null): string {
  const what =
    status === null ? 'is no longer known' : status === 'cancelled' ? 'was cancelled' : `has ${status}`
  return `The import ${id}, which this one waited for, ${what}; no records of this one were imported. Retry that one first, and then this one.`
}

const waits = `after_job = $1 and waiting and ${transitionAllowedSql('abandon')}`

/** No row if no job waits for it. */
const statusSql = `
select (select status from lading.jobs where id = $1) as status
where exists (select from lading.jobs where ${waits})`

const beginSql = `update lading.jobs set waiting = false where ${waits} returning lane`

const abandonSql = `
update lading.jobs
set ${transitionSql('abandon')}, waiting = false, completed_at = clock_timestamp(),
  error_code = 'AFTER_FAILED', error_message = $2
where ${waits}
returning ${jobColumns}`
