// Rescues jobs that their workers have lost: makes them ready for other workers.
import { type Pool, withClient } from '../../postgres/pool/checkout.ts'
import { databaseFault } from '../../postgres/sqlstate.ts'
import { pause } from '../../queue/wake.ts'
import { endFrozenBatch } from '../store/claim/frozen-batch.ts'
import { updateFollowers } from '../store/followers.ts'
import { inTransaction } from '../store/job-transaction.ts'
import type { NewWakeUps } from '../store/wake-ups.ts'
import { lockedJobsSql, missedFollowersSql, rescueSql } from './rescue-sql.ts'

export interface RescueContext {
  readonly pool: Pool
  readonly newOutbox: NewWakeUps
  /** Ids of the jobs that run in this process, which are not lost. */
  readonly running: () => readonly string[]
}

export interface RescueOptions extends RescueContext {
  readonly everyMs: number
  readonly signal: AbortSignal
  /** Called with the error of a failed run; the next one may succeed. */
  readonly onError: (error: unknown) => void
}

/** Runs now and then every `everyMs` milliseconds until the signal. Any number of processes may do so concurrently. */
export async function runRescuer({ everyMs, signal, onError, ...context }: RescueOptions): Promise<void> {
  while (!signal.aborted) {
    await rescue(context).catch(onError)
    await pause(everyMs, signal)
  }
}

/**
 * Makes lost jobs ready: those whose lease has expired, and those that wait for a job that has ended. Terminates the
 * connection of a worker that is frozen in a batch. Twice: finds nothing more.
 */
export async function rescue(context: RescueContext): Promise<void> {
  await rescueLost(context)
  const lockedIds = await lockedJobs(context)
  if (lockedIds.length > 0) {
    const ended = await Promise.all(lockedIds.map(id => endFrozenBatch(context.pool, id)))
    if (ended.includes(true)) await rescueLost(context)
  }
  await releaseWaiting(context)
}

async function rescueLost({ pool, newOutbox, running }: RescueContext): Promise<void> {
  const outbox = newOutbox()
  await inTransaction(pool, async client => {
    const { rows } = await client.query(rescueSql, [running()])
    for (const { lane } of rows) await outbox.wake(client, String(lane))
  })
  await outbox.flush()
}

function lockedJobs({ pool, running }: RescueContext): Promise<string[]> {
  return withClient(pool, async client => {
    const { rows } = await client.query(lockedJobsSql, [running()]).catch((error: unknown) => {
      throw databaseFault(error)
    })
    return rows.map(({ id }) => String(id))
  })
}

/** Updates the followers of jobs that ended without doing so. */
async function releaseWaiting({ pool, newOutbox }: RescueContext): Promise<void> {
  const outbox = newOutbox()
  await inTransaction(pool, async client => {
    const { rows } = await client.query(missedFollowersSql)
    for (const { id } of rows) await updateFollowers(client, String(id), outbox)
  })
  await outbox.flush()
}
