// Limits the unfinished jobs of one caller: checked before a file is read, and again when a job is created.

import type { Caller } from '../../engine/resource/definition.ts'
import { LadingError } from '../../errors/lading-error.ts'
import type { Client } from '../../postgres/pool/checkout.ts'

/**
 * Counts up to the limit, through `jobs_caller_idx`. Jobs without a principal count together.
 *
 * @param principal SQL of the condition
 */
const countSql = (principal: string) => `
select count(*)::int as active from (
  select from lading.jobs where completed_at is null and tenant = $1 and principal ${principal}
  limit $2
) as counted`

/** Serializes the submissions of one caller; otherwise two could both take the last slot. */
const lockSql = "select pg_advisory_xact_lock(hashtextextended('lading active jobs ' || $1, 0))"

/** @throws LadingError `TOO_MANY_JOBS` if `more` jobs would exceed the limit */
export async function checkActiveJobs(
  client: Client,
  caller: Caller | undefined,
  { more, most: max }: { readonly more: number; readonly most: number },
): Promise<void> {
  const { tenant = '', principal } = caller ?? {}
  const { rows } =
    principal === undefined
      ? await client.query(countSql('is null'), [tenant, max])
      : await client.query(countSql('= $3'), [tenant, max, principal])
  const active = Number(rows[0]?.active)
  // A bundle larger than the limit is accepted if it is alone; otherwise it never could be.
  if (active === 0 || active + more <= max) return
  throw new LadingError(
    'TOO_MANY_JOBS',
    `You have ${active} unfinished jobs, and the limit is ${max}; wait until some have ended.`,
  )
}

/** Makes the same check in the transaction that inserts the jobs, one submission of a caller at a time. */
export async function claimJobs(
  client: Client,
  caller: Caller | undefined,
  count: { readonly more: number; readonly most: number },
): Promise<void> {
  await client.query(lockSql, [JSON.stringify([caller?.tenant ?? '', caller?.principal ?? null])])
  await checkActiveJobs(client, caller, count)
}
