// Finds jobs that no message of the queue may serve any more, and enqueues them again.
import { LadingError } from '../../errors/lading-error.ts'
import type { Pool } from '../../postgres/client.ts'
import { pause } from '../../queue/wake.ts'
import { followUp } from '../store/followers.ts'
import { type Addressed, addressedColumns, messageOf, type NewOutbox } from '../store/outbox.ts'
import { inTransaction } from '../store/transaction.ts'
import { may } from '../store/transitions.ts'

export interface SweepOptions {
  readonly pool: Pool
  readonly newOutbox: NewOutbox
  readonly everyMs: number
  readonly signal: AbortSignal
  /** Hears of a sweep that did not work; the next one may. */
  readonly onError: (error: unknown) => void
}

/** Jobs of one sweep. A longer backlog is swept in turns: most of it is in the queue anyway. */
const mostJobs = 200

/** Sweeps at once, and then again and again until the signal. Any number of processes may do it at the same time. */
export async function keepSweeping({
  pool,
  newOutbox,
  everyMs,
  signal,
  onError,
}: SweepOptions): Promise<void> {
  while (!signal.aborted) {
    await sweep(pool, newOutbox).catch(onError)
    await pause(everyMs, signal)
  }
}

/** Twice: enqueues the same jobs again, which the queue takes for one message. */
export async function sweep(pool: Pool, newOutbox: NewOutbox): Promise<void> {
  const outbox = newOutbox()
  await inTransaction(pool, async client => {
    const { rows } = await client.query(sweepSql)
    try {
      for (const row of rows) await outbox.send(client, messageOf(row as unknown as Addressed))
    } catch (error) {
      // Whoever fills the queue is served first; the rest is swept later.
      if (!(error instanceof LadingError) || error.code !== 'QUEUE_FULL') throw error
    }
  })
  await outbox.flushIfRoom()
  await releaseWaiting(pool, newOutbox)
}

/** Of jobs that ended where nobody could look after those that wait for them. */
async function releaseWaiting(pool: Pool, newOutbox: NewOutbox): Promise<void> {
  const outbox = newOutbox()
  await inTransaction(pool, async client => {
    const { rows } = await client.query(missedSql)
    for (const { id } of rows) await followUp(client, String(id), outbox)
  })
  await outbox.flushIfRoom()
}

/** A job that waits for another try is left to the queue until that is due. */
const isForgotten = `${may('claim')} and not waiting and coalesce(lease_until, due_at, '-infinity') < clock_timestamp()`

/**
 * Also those whose row is held, though that cannot be noted: by a worker amid a long batch, whose message the queue
 * still has, or by one that was frozen there, whom only the next that claims the job can end.
 */
const sweepSql = `
with forgotten as (
  select ${addressedColumns} from lading.jobs where ${isForgotten}
  order by swept_at nulls first, number
  limit ${mostJobs}
), free as (
  select id from lading.jobs where id in (select id from forgotten) and ${isForgotten} for update skip locked
), noted as (
  update lading.jobs j set swept_at = clock_timestamp() from free f where j.id = f.id
)
select ${addressedColumns} from forgotten`

const missedSql = `
select distinct f.after_job as id
from lading.jobs f left join lading.jobs p on p.id = f.after_job
where f.waiting and f.${may('abandon')} and (p.id is null or not p.${may('cancel')})
limit ${mostJobs}`
