// Ends a job before its time: in its row first, which stops every batch at the fence, and then by a word to its worker.
import { LadingError } from '../../errors/lading-error.ts'
import type { Pool } from '../../postgres/pool/client.ts'
import { sqlstate } from '../../postgres/sqlstate.ts'
import { setLocal } from '../../postgres/transaction/transaction.ts'
import type { Queue } from '../../queue/queue.ts'
import { endFrozenBatch } from '../store/claim/frozen-batch.ts'
import { followUp } from '../store/followers.ts'
import type { JobRow } from '../store/job-row.ts'
import { cancelSql } from '../store/job-sql.ts'
import { inTransaction } from '../store/job-transaction.ts'
import type { NewWakeUps } from '../store/wake-ups.ts'

/** Milliseconds for the batch that is being written; most take less than a tenth of it. */
const batchMs = 1_000
/** Milliseconds for a worker that was asked to stop, and rolls back the one transaction of a whole file. */
const stopMs = 10_000

interface Parts {
  readonly pool: Pool
  readonly queue: Queue
  readonly newOutbox: NewWakeUps
}

/** Undefined if there is nothing to cancel: it has ended, or there is none. @throws LadingError `DATABASE_UNAVAILABLE` */
export async function cancelJob(id: string, parts: Parts): Promise<JobRow | undefined> {
  const { pool, queue } = parts
  const row = await cancelled(id, parts, batchMs).catch(async error => {
    if (!isLocked(error)) throw error
    await interrupt(queue, id)
    await endFrozenBatch(pool, id)
    return cancelled(id, parts, stopMs).catch(tooBusy)
  })
  if (row !== undefined) await interrupt(queue, id)
  return row
}

async function cancelled(
  id: string,
  { pool, newOutbox }: Parts,
  patienceMs: number,
): Promise<JobRow | undefined> {
  const outbox = newOutbox()
  const row = await inTransaction(pool, async client => {
    await client.query(setLocal('lock_timeout', String(patienceMs)))
    const [found] = (await client.query(cancelSql, [id])).rows as unknown as JobRow[]
    if (found === undefined) return undefined
    outbox.ended(found)
    await followUp(client, id, outbox)
    return found
  })
  await outbox.flush()
  return row
}

/** Without it the worker finds out with its next batch, or its next heartbeat. */
async function interrupt(queue: Queue, id: string): Promise<void> {
  await queue.interrupt(id).catch(() => undefined)
}

function isLocked(error: unknown): boolean {
  return error instanceof LadingError && sqlstate(error.cause) === '55P03'
}

function tooBusy(error: unknown): never {
  if (!isLocked(error)) throw error
  throw new LadingError(
    'DATABASE_UNAVAILABLE',
    'The job is being written at this moment and cannot be cancelled; try again in a few seconds.',
    { cause: error },
  )
}
