// New jobs → pending ones, all in one transaction; or the jobs of the same earlier request.
import { randomUUID } from 'node:crypto'
import type { Client, Pool } from '../../postgres/pool/checkout.ts'
import { failpoint } from '../../util/failpoint.ts'
import { checkWaitingJobs } from '../store/claim/waiting-jobs.ts'
import { insertUrlSql } from '../store/files/remote-source.ts'
import { updateFollowers } from '../store/followers.ts'
import type { Job } from '../store/job.ts'
import { type JobRow, toJob } from '../store/job-row.ts'
import { asTheyAreSql, insertSql, lockSql } from '../store/job-sql.ts'
import type { JobStore } from '../store/job-store.ts'
import { inTransaction } from '../store/job-transaction.ts'
import type { JobRequest, NewJob } from '../store/new-job.ts'
import { assertOwnTablesDurable } from '../store/own-tables.ts'
import { type RetentionOptions, withRetention } from '../store/retention.ts'
import type { NewWakeUps, WakeUps } from '../store/wake-ups.ts'
import type { OpenClaim } from './claim-key.ts'
import { claimJobs } from './job-limits.ts'

export interface InsertContext {
  readonly pool: Pool
  readonly store: JobStore
  readonly newWakeUps: NewWakeUps
  /** Stored with each new job. */
  readonly retention: RetentionOptions
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
  { pool, store, newWakeUps, retention, activeJobsPerCaller, maxWaitingJobs }: InsertContext,
  claim: OpenClaim | undefined,
): Promise<InsertedChain> {
  const earlierId = claim?.earlierJob(request)
  if (earlierId !== undefined) {
    const [first, ...others] = (await store.getBundle(earlierId)).map(toJob)
    if (first !== undefined) return { jobs: [first, ...others], isNew: false }
  }
  const wakeUps = newWakeUps()
  const rows = await inTransaction(pool, async client => {
    await assertOwnTablesDurable(client)
    await claimJobs(client, jobs[0].caller, { more: jobs.length, most: activeJobsPerCaller })
    const lanes = await insertRows(client, jobs, retention)
    await claim?.settle(client, request)
    await startFirst(client, jobs[0], lanes[0], wakeUps, maxWaitingJobs)
    return readRows(client, jobs)
  })
  failpoint('after_job_row_before_wake')
  await wakeUps.flush()
  const [first, ...others] = rows
  return { jobs: [toJob(first), ...others.map(toJob)], isNew: true }
}

/** Returns the lane of each job. */
async function insertRows(
  client: Client,
  jobs: readonly NewJob[],
  retention: RetentionOptions,
): Promise<readonly string[]> {
  const lanes: string[] = []
  for (const job of jobs) {
    const { rows } = await client.query(insertSql, valuesOf(job, retention))
    lanes.push(...rows.map(({ lane }) => String(lane)))
    if (job.remote !== undefined) await client.query(insertUrlSql, [job.id, job.remote.url])
  }
  return lanes
}

/** Wakes the workers for the first job, unless it waits for another one. @throws LadingError `QUEUE_FULL` */
async function startFirst(
  client: Client,
  { after }: NewJob,
  lane: string | undefined,
  wakeUps: WakeUps,
  maxWaitingJobs: number | undefined,
): Promise<void> {
  if (after === undefined) {
    await checkWaitingJobs(client, String(lane), maxWaitingJobs)
    return wakeUps.wake(client, String(lane))
  }
  // The lock keeps it from ending before this commit. If it has already ended, that did not update these jobs.
  await client.query(lockSql, [after])
  return updateFollowers(client, after, wakeUps)
}

async function readRows(client: Client, jobs: readonly NewJob[]): Promise<readonly [JobRow, ...JobRow[]]> {
  const { rows } = await client.query(asTheyAreSql, [jobs.map(({ id }) => id)])
  // The transaction has just inserted these rows.
  return rows as unknown as [JobRow, ...JobRow[]]
}

function valuesOf(job: NewJob, retention: RetentionOptions): unknown[] {
  const { source, caller } = job
  return [
    job.id,
    job.kind,
    job.resource,
    job.format,
    JSON.stringify(withRetention(job, retention)),
    source?.key ?? null,
    source?.size ?? null,
    source?.sha256 ?? null,
    JSON.stringify(job.metadata),
    job.after ?? null,
    caller?.tenant ?? '',
    caller?.principal ?? null,
    job.bundle ?? null,
    source?.storage ?? null,
  ]
}
