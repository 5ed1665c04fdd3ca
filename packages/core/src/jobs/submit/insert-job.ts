// New jobs → pending ones, all in one transaction; or the jobs of the same earlier request.
import { randomUUID } from 'node:crypto'
import type { Caller } from '../../engine/resource/definition.ts'
import type { Client } from '../../postgres/pool/checkout.ts'
import { failpoint } from '../../util/failpoint.ts'
import { checkWaitingJobs } from '../store/claim/waiting-jobs.ts'
import { updateFollowers } from '../store/followers.ts'
import type { Job, JobKind } from '../store/job.ts'
import { toJob } from '../store/job-row.ts'
import { lockSql } from '../store/job-sql.ts'
import type { JobStore } from '../store/job-store.ts'
import type { JobRequest, NewJob } from '../store/new-job.ts'
import type { NewWakeUps } from '../store/wake-ups.ts'
import { claimKey, type KeyClaim, type OpenClaim, openClaim } from './claim-key.ts'
import type { KeyStore } from './idempotency-store.ts'
import { claimJobs } from './job-limits.ts'

interface KeyContext {
  readonly keys: KeyStore
  readonly leaseSeconds: number
}

/** A text key is claimed for this submission only; a claim stays with its caller. */
export async function withKey<Result>(
  {
    idempotencyKey: key,
    caller,
  }: { idempotencyKey?: string | KeyClaim | undefined; caller?: Caller | undefined },
  kind: JobKind,
  { keys, leaseSeconds }: KeyContext,
  submit: (claim: OpenClaim | undefined) => Promise<Result>,
): Promise<Result> {
  if (key === undefined) return submit(undefined)
  const tenant = caller?.tenant ?? ''
  if (typeof key !== 'string') return submit(openClaim(key, tenant))
  const claim = await claimKey({ tenant, key }, kind, keys, leaseSeconds)
  try {
    return await submit(openClaim(claim, tenant))
  } finally {
    await claim.release()
  }
}

interface InsertContext {
  readonly store: JobStore
  readonly newOutbox: NewWakeUps
  /** Maximum number of unfinished jobs of one caller. */
  readonly activeJobsPerCaller: number
  /** Maximum number of jobs of one kind that wait for a worker. @defaultValue no limit */
  readonly maxWaitingJobs: number | undefined
}

export interface InsertedJob {
  readonly job: Job
  /** False if the same request with the same key created the job before. */
  readonly isNew: boolean
}

/** Inserts one job; see `insertChain`. */
export async function insertJob(
  newJob: Omit<NewJob, 'id'>,
  context: InsertContext,
  claim: OpenClaim | undefined,
): Promise<InsertedJob> {
  const job: NewJob = { ...newJob, id: randomUUID() }
  const { jobs, isNew } = await insertChain([job], job, context, claim)
  return { job: jobs[0], isNew }
}

export interface InsertedChain {
  readonly jobs: readonly [Job, ...Job[]]
  readonly isNew: boolean
}

/**
 * Inserts jobs of which the first may wait for another job, and each of the others must wait for the one before it.
 *
 * Workers are woken with the commit, or right after it by a queue that cannot join transactions. The same request
 * with the same key returns the jobs that it created before.
 *
 * @param request the request that the key stands for, with the id of the last job
 * @throws LadingError `TOO_MANY_JOBS`, `QUEUE_FULL`, and others, for which `isUndecided` says whether the jobs may
 * exist all the same
 */
export async function insertChain(
  jobs: readonly [NewJob, ...NewJob[]],
  request: JobRequest,
  { store, newOutbox, activeJobsPerCaller, maxWaitingJobs }: InsertContext,
  claim: OpenClaim | undefined,
): Promise<InsertedChain> {
  const earlierId = claim?.earlierJob(request)
  if (earlierId !== undefined) {
    const [first, ...others] = (await store.getBundle(earlierId)).map(toJob)
    if (first !== undefined) return { jobs: [first, ...others], isNew: false }
  }
  const [first] = jobs
  const outbox = newOutbox()
  const limit = { more: jobs.length, most: activeJobsPerCaller }
  const checkLimit = (client: Client) => claimJobs(client, first.caller, limit)
  const [row, ...rows] = await store.insert(jobs, checkLimit, async (client, lane) => {
    await claim?.settle(client, request)
    if (first.after === undefined) {
      await checkWaitingJobs(client, lane, maxWaitingJobs)
      return outbox.wake(client, lane)
    }
    // The lock keeps it from ending before this commit. If it has already ended, that did not update these jobs.
    await client.query(lockSql, [first.after])
    return updateFollowers(client, first.after, outbox)
  })
  failpoint('after_job_row_before_wake')
  await outbox.flush()
  return { jobs: [toJob(row), ...rows.map(toJob)], isNew: true }
}
