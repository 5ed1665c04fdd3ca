// Cancels a job: first in its row, which stops every batch at the fence, and then by interrupting its worker.
import { LadingError } from '../../errors/lading-error.ts'
import type { Pool } from '../../postgres/pool/checkout.ts'
import { sqlstate } from '../../postgres/sqlstate.ts'
import { setLocal } from '../../postgres/transaction/transaction.ts'
import type { Queue } from '../../queue/queue.ts'
import { endFrozenBatch } from '../store/claim/frozen-batch.ts'
import { updateFollowers } from '../store/followers.ts'
import type { JobRow } from '../store/job-row.ts'
import { cancelSql } from '../store/job-sql.ts'
import { inTransaction } from '../store/job-transaction.ts'
import type { NewWakeUps } from '../store/wake-ups.ts'

/** Milliseconds to wait for the current batch; most take less than a tenth of it. */
const batchMs = 1_000
/** Milliseconds to wait for an interrupted worker, which may have to roll back a whole file. */
const stopMs = 10_000

interface CancelContext {
  readonly pool: Pool
  readonly queue: Queue
  readonly newWakeUps: NewWakeUps
}

/** Undefined if the job has ended or does not exist. @throws LadingError `DATABASE_UNAVAILABLE` */
export async function cancelJob(id: string, context: CancelContext): Promise<JobRow | undefined> {
  const { pool, queue } = context
  const row = await tryCancel(id, context, batchMs).catch(async error => {
    if (!isLockTimeout(error)) throw error
    await interrupt(queue, id)
    await endFrozenBatch(pool, id)
    return tryCancel(id, context, stopMs).catch(rethrowBusy)
  })
  if (row !== undefined) await interrupt(queue, id)
  return row
}

async function tryCancel(
  id: string,
  { pool, newWakeUps }: CancelContext,
  lockTimeoutMs: number,
): Promise<JobRow | undefined> {
  const wakeUps = newWakeUps()
  const row = await inTransaction(pool, async client => {
    await client.query(setLocal('lock_timeout', String(lockTimeoutMs)))
    const [found] = (await client.query(cancelSql, [id])).rows as unknown as JobRow[]
    if (found === undefined) return undefined
    wakeUps.ended(found)
    await updateFollowers(client, id, wakeUps)
    return found
  })
  await wakeUps.flush()
  return row
}

/** If it is lost, the worker finds out with its next batch or heartbeat. */
async function interrupt(queue: Queue, id: string): Promise<void> {
  await queue.interrupt(id).catch(() => undefined)
}

function isLockTimeout(error: unknown): boolean {
  return error instanceof LadingError && sqlstate(error.cause) === '55P03'
}

function rethrowBusy(error: unknown): never {
  if (!isLockTimeout(error)) throw error
  throw new LadingError(
    'DATABASE_UNAVAILABLE',
    'The job is being written at this moment and cannot be cancelled; try again in a few seconds.',
    { cause: error },
  )
}
