// Jobs that are to be → pending ones and their queue messages, all in one transaction; or those that they became before.

import type { Queue } from '../queue/queue.ts'
import { failpoint } from '../util/failpoint.ts'
import { followUp } from './followers.ts'
import { claimKey, type KeyClaim, type OpenClaim, openClaim } from './idempotency.ts'
import type { KeyStore } from './idempotency-store.ts'
import type { Job, JobKind } from './job.ts'
import { toJob } from './job-row.ts'
import type { JobStore } from './job-store.ts'
import type { Asked, NewJob } from './new-job.ts'
import { createOutbox, messageOf } from './outbox.ts'
import { lockSql } from './retry.ts'

interface Keys {
  readonly keys: KeyStore
  readonly leaseSeconds: number
}

/** A key as text is claimed for this submission only; a claim belongs to its caller. */
export async function withKey<Result>(
  key: string | KeyClaim | undefined,
  kind: JobKind,
  { keys, leaseSeconds }: Keys,
  submit: (claim: OpenClaim | undefined) => Promise<Result>,
): Promise<Result> {
  if (key === undefined) return submit(undefined)
  if (typeof key !== 'string') return submit(openClaim(key))
  const claim = await claimKey(key, kind, keys, leaseSeconds)
  try {
    return await submit(openClaim(claim))
  } finally {
    await claim.giveUp()
  }
}

interface Parts {
  readonly store: JobStore
  readonly queue: Queue
}

export async function begin(job: NewJob, parts: Parts, claim: OpenClaim | undefined): Promise<Job> {
  const [begun] = await beginChain([job], job, parts, claim)
  return begun
}

/**
 * The first job may wait for another one; each of the others must wait for the one before it.
 *
 * A queue in the same database gets its message in the transaction that writes the jobs; any other, right behind it.
 * A job that waits for another one gets its message when that one completes. The same request with the same key is
 * answered with the jobs that it became before.
 *
 * @param asked what the key stands for, under the id of the last job
 */
export async function beginChain(
  jobs: readonly [NewJob, ...NewJob[]],
  asked: Asked,
  { store, queue }: Parts,
  claim: OpenClaim | undefined,
): Promise<readonly [Job, ...Job[]]> {
  const earlier = claim?.earlierJob(asked)
  if (earlier !== undefined) {
    const [first, ...others] = (await store.getBundle(earlier)).map(toJob)
    if (first !== undefined) return [first, ...others]
  }
  const [first] = jobs
  const outbox = createOutbox(queue)
  const [row, ...rows] = await store.insert(jobs, async client => {
    await claim?.settle(client, asked)
    if (first.after === undefined) return outbox.send(client, messageOf(first))
    // It cannot end before this transaction does; and if it has ended already, its end did not see these jobs.
    await client.query(lockSql, [first.after])
    return followUp(client, first.after, outbox)
  })
  failpoint('after_job_row_before_enqueue')
  await outbox.flush().catch(async (error: unknown) => {
    // Whoever is told that it failed sends it again; so it must not be done, unless somebody has begun it.
    if (await store.withdraw(jobs.map(({ id }) => id))) throw error
  })
  return [toJob(row), ...rows.map(toJob)]
}
