// Jobs that are to be → pending ones, all in one transaction; or those that they became before.
import { randomUUID } from 'node:crypto'
import type { Caller } from '../../engine/resource/definition.ts'
import type { Client } from '../../postgres/pool/client.ts'
import { failpoint } from '../../util/failpoint.ts'
import { checkWaitingJobs } from '../store/claim/waiting-jobs.ts'
import { followUp } from '../store/followers.ts'
import type { Job, JobKind } from '../store/job.ts'
import { toJob } from '../store/job-row.ts'
import { lockSql } from '../store/job-sql.ts'
import type { JobStore } from '../store/job-store.ts'
import type { JobRequest, NewJob } from '../store/new-job.ts'
import type { NewWakeUps } from '../store/wake-ups.ts'
import { claimKey, type KeyClaim, type OpenClaim, openClaim } from './claim-key.ts'
import type { KeyStore } from './idempotency-store.ts'
import { claimJobs } from './job-limits.ts'

interface Keys {
  readonly keys: KeyStore
  readonly leaseSeconds: number
}

/** A key as text is claimed for this submission only; a claim belongs to its caller. */
export async function withKey<Result>(
  {
    idempotencyKey: key,
    caller,
  }: { idempotencyKey?: string | KeyClaim | undefined; caller?: Caller | undefined },
  kind: JobKind,
  { keys, leaseSeconds }: Keys,
  submit: (claim: OpenClaim | undefined) => Promise<Result>,
): Promise<Result> {
  if (key === undefined) return submit(undefined)
  const tenant = caller?.tenant ?? ''
  if (typeof key !== 'string') return submit(openClaim(key, tenant))
  const claim = await claimKey({ tenant, key }, kind, keys, leaseSeconds)
  try {
    return await submit(openClaim(claim, tenant))
  } finally {
    await claim.giveUp()
  }
}

interface Parts {
  readonly store: JobStore
  readonly newOutbox: NewWakeUps
  /** Jobs of one caller that may be there without having ended. */
  readonly activeJobsPerCaller: number
  /** Jobs of one kind that may wait for a worker. @defaultValue no limit */
  readonly maxWaitingJobs: number | undefined
}

export interface InsertedJob {
  readonly job: Job
  /** False for the job that the same request with the same key became before. */
  readonly isNew: boolean
}

/** One job, as `beginChain` begins several. */
export async function insertJob(
  wanted: Omit<NewJob, 'id'>,
  parts: Parts,
  claim: OpenClaim | undefined,
): Promise<InsertedJob> {
  const job: NewJob = { ...wanted, id: randomUUID() }
  const { jobs, isNew } = await insertChain([job], job, parts, claim)
  return { job: jobs[0], isNew }
}

export interface InsertedChain {
  readonly jobs: readonly [Job, ...Job[]]
  readonly isNew: boolean
}

/**
 * The first job may wait for another one; each of the others must wait for the one before it.
 *
 * Workers are woken with the commit, or right after it by a queue that cannot join transactions. The same request with
 * the same key is answered with the jobs that it became before.
 *
 * @param asked what the key stands for, under the id of the last job
 * @throws LadingError `TOO_MANY_JOBS`, `QUEUE_FULL`, and others, of which `isUndecided` tells whether there may be jobs all the same
 */
export async function insertChain(
  jobs: readonly [NewJob, ...NewJob[]],
  asked: JobRequest,
  { store, newOutbox, activeJobsPerCaller, maxWaitingJobs }: Parts,
  claim: OpenClaim | undefined,
): Promise<InsertedChain> {
  const earlier = claim?.earlierJob(asked)
  if (earlier !== undefined) {
    const [first, ...others] = (await store.getBundle(earlier)).map(toJob)
    if (first !== undefined) return { jobs: [first, ...others], isNew: false }
  }
  const [first] = jobs
  const outbox = newOutbox()
  const few = { more: jobs.length, most: activeJobsPerCaller }
  const expectFew = (client: Client) => claimJobs(client, first.caller, few)
  const [row, ...rows] = await store.insert(jobs, expectFew, async (client, lane) => {
    await claim?.settle(client, asked)
    if (first.after === undefined) {
      await checkWaitingJobs(client, lane, maxWaitingJobs)
      return outbox.wake(client, lane)
    }
    // It cannot end before this transaction does; and if it has ended already, its end did not see these jobs.
    await client.query(lockSql, [first.after])
    return followUp(client, first.after, outbox)
  })
  failpoint('after_job_row_before_wake')
  await outbox.flush()
  return { jobs: [toJob(row), ...rows.map(toJob)], isNew: true }
}
