// Rescues jobs that their workers have lost: makes them ready for other workers.
import { LadingError } from '../../errors/lading-error.ts'
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
  readonly newWakeUps: NewWakeUps
  /** Ids of the jobs that run in this process, which are not lost. */
  readonly running: () => readonly string[]
}

export interface RescueOptions extends RescueContext {
  readonly everyMs: number
  readonly signal: AbortSignal
  /** Called with the error of a failed run, and once for each job whose row stays locked; the next run may succeed. */
  readonly onError: (error: unknown, jobId?: string) => void
}

/** Runs now and then every `everyMs` milliseconds until the signal. Any number of processes may do so concurrently. */
export async function runRescuer({ everyMs, signal, onError, ...context }: RescueOptions): Promise<void> {
  let reported: readonly string[] = []
  while (!signal.aborted) {
    try {
      const lockedIds = await rescue(context)
      for (const id of lockedIds) if (!reported.includes(id)) onError(rowLocked(), id)
      reported = lockedIds
    } catch (error) {
      onError(error)
    }
    await pause(everyMs, signal)
  }
}

/** A batch that takes longer than the lease does the same and ends by itself, so that this is not the job's fault. */
function rowLocked(): LadingError {
  return new LadingError(
    'DATABASE_UNAVAILABLE',
    'The job has lost its worker, but a connection still locks its row: a slow batch, or a worker that is frozen. If it does not end by itself, terminate that connection, or grant pg_read_all_stats and pg_signal_backend to the database user of Lading.',
  )
}

/**
 * Makes lost jobs ready: those whose lease has expired, and those that wait for a job that has ended. Terminates the
 * connection of a worker that is frozen in a batch. Twice: finds nothing more.
 *
 * @returns ids of lost jobs whose rows stay locked
 */
export async function rescue(context: RescueContext): Promise<readonly string[]> {
  await rescueLost(context)
  const lockedIds = await lockedJobs(context)
  const ended = await Promise.all(lockedIds.map(id => endFrozenBatch(context.pool, id)))
  if (ended.includes(true)) await rescueLost(context)
  await releaseWaiting(context)
  return lockedIds.filter((_id, index) => ended[index] !== true)
}

async function rescueLost({ pool, newWakeUps, running }: RescueContext): Promise<void> {
  const wakeUps = newWakeUps()
  await inTransaction(pool, async client => {
    const { rows } = await client.query(rescueSql, [running()])
    for (const { lane } of rows) await wakeUps.wake(client, String(lane))
  })
  await wakeUps.flush()
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
async function releaseWaiting({ pool, newWakeUps }: RescueContext): Promise<void> {
  const wakeUps = newWakeUps()
  await inTransaction(pool, async client => {
    const { rows } = await client.query(missedFollowersSql)
    for (const { id } of rows) await updateFollowers(client, String(id), wakeUps)
  })
  await wakeUps.flush()
}
