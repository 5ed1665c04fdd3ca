// Limits the number of jobs that wait for a worker.
import { LadingError } from '../../../errors/lading-error.ts'
import type { Client } from '../../../postgres/pool/checkout.ts'
import { isReady } from './lanes.ts'

/**
 * Counts up to the limit, through `jobs_ready_idx`. The limit of a storage covers its own imports and those without a
 * storage, so a backlog that only other workers can clear does not count.
 */
const isFullSql = `
select count(*) > $2::bigint as is_full from (
  select from lading.jobs where ${isReady} and lane in ($1, split_part($1, ' ', 1)) limit $2::bigint + 1
) as counted`

/**
 * Call it in the transaction that made a job ready. Concurrent submissions may exceed the limit by a few.
 *
 * @param lane of the job
 * @param max maximum number of ready jobs of one kind. @defaultValue no limit
 * @throws LadingError `QUEUE_FULL`; the transaction has to be rolled back
 */
export async function checkWaitingJobs(client: Client, lane: string, max: number | undefined): Promise<void> {
  if (max === undefined) return
  const { rows } = await client.query(isFullSql, [lane, max])
  if (rows[0]?.is_full !== true) return
  throw new LadingError('QUEUE_FULL', 'Too many jobs are waiting already; try again later.')
}
