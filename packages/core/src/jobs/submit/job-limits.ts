// How many jobs of one caller have not ended, and that there are not too many: told before a file is read, and kept to where a job is written.

import type { Caller } from '../../engine/resource/definition.ts'
import { LadingError } from '../../errors/lading-error.ts'
import type { Client } from '../../postgres/pool/client.ts'

/**
 * Counts as far as the limit, through `jobs_caller_idx`. Jobs of unknown callers count together.
 *
 * @param principal SQL of the condition
 */
const countSql = (principal: string) => `
select count(*)::int as active from (
  select from lading.jobs where status in ('pending', 'processing') and tenant = $1 and principal ${principal}
  limit $2
) as counted`

/** One at a time for each caller, or two that come at once would both find the last place. */
const lockSql = "select pg_advisory_xact_lock(hashtextextended('lading active jobs ' || $1, 0))"

/** @throws LadingError `TOO_MANY_JOBS` if so many more are too many */
export async function checkActiveJobs(
  client: Client,
  caller: Caller | undefined,
  { more, most }: { readonly more: number; readonly most: number },
): Promise<void> {
  const { tenant = '', principal } = caller ?? {}
  const { rows } =
    principal === undefined
      ? await client.query(countSql('is null'), [tenant, most])
      : await client.query(countSql('= $3'), [tenant, most, principal])
  const active = Number(rows[0]?.active)
  // A bundle may hold more than anybody may have: alone it is taken, or it never could be.
  if (active === 0 || active + more <= most) return
  throw new LadingError(
    'TOO_MANY_JOBS',
    `You have ${active} jobs that have not ended, of ${most} that you may have; wait until some have.`,
  )
}

/** The same in the transaction that writes them, and nobody comes between. */
export async function claimJobs(
  client: Client,
  caller: Caller | undefined,
  count: { readonly more: number; readonly most: number },
): Promise<void> {
  await client.query(lockSql, [JSON.stringify([caller?.tenant ?? '', caller?.principal ?? null])])
  await checkActiveJobs(client, caller, count)
}
