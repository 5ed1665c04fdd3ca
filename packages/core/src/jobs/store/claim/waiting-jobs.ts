// How many jobs wait for a worker, and that there are not too many.
import { LadingError } from '../../../errors/lading-error.ts'
import type { Client } from '../../../postgres/pool/client.ts'
import { isReady } from './lanes.ts'

/**
 * Counts as far as the limit, through `jobs_ready_idx`. A storage shares its limit with the imports that name no
 * storage, and with no other storage: a backlog that only other workers can clear takes no room from it.
 */
const isFullSql = `
select count(*) > $2::bigint as is_full from (
  select from lading.jobs where ${isReady} and lane in ($1, split_part($1, ' ', 1)) limit $2::bigint + 1
) as counted`

/**
 * To be called in the transaction that has made a job ready. When many are submitted at once, a few more get in.
 *
 * @param lane of the job
 * @param most ready jobs of one kind. @defaultValue no limit
 * @throws LadingError `QUEUE_FULL`, and the transaction has to be rolled back
 */
export async function checkWaitingJobs(
  client: Client,
  lane: string,
  most: number | undefined,
): Promise<void> {
  if (most === undefined) return
  const { rows } = await client.query(isFullSql, [lane, most])
  if (rows[0]?.is_full !== true) return
  throw new LadingError('QUEUE_FULL', 'Too many jobs are waiting already; try again later.')
}
