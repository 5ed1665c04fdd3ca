// A job that its worker gives back, for workers of another kind to go on: its row and its message in one transaction.
import type { Pool } from '../../postgres/client.ts'
import type { JobRow } from './job-row.ts'
import { releaseSql } from './job-sql.ts'
import { type Addressed, addressedColumns, messageOf, type NewOutbox } from './outbox.ts'
import { inTransaction } from './transaction.ts'

/**
 * The message that is being handled becomes the next one: it comes when its handler has ended. If it does not, the
 * sweep sends another.
 *
 * @param giving gives the job back, and returns what `Addressed` has
 * @returns false if it was no longer ours
 */
export async function handOver(
  pool: Pool,
  newOutbox: NewOutbox,
  giving: { readonly text: string; readonly values: unknown[] },
): Promise<boolean> {
  const outbox = newOutbox()
  const isOurs = await inTransaction(pool, async client => {
    const { rows } = await client.query(giving.text, giving.values)
    for (const row of rows) await outbox.sendIfRoom(client, messageOf(row as unknown as Addressed))
    return rows.length > 0
  })
  await outbox.flushIfRoom()
  return isOurs
}

/** A job of which only the message came to the wrong workers: its message becomes one for those who have its file. */
export async function sendToItsStorage(pool: Pool, newOutbox: NewOutbox, job: Addressed): Promise<void> {
  const outbox = newOutbox()
  await inTransaction(pool, client => outbox.sendIfRoom(client, messageOf(job)))
  await outbox.flushIfRoom()
}

/** A job that came to the wrong workers: by a message of an earlier version, or one that was late. No attempt. */
export async function sendOn(
  pool: Pool,
  newOutbox: NewOutbox,
  { id, token }: Pick<JobRow, 'id' | 'token'>,
): Promise<void> {
  await handOver(pool, newOutbox, { text: sendOnSql, values: [id, token, false] })
}

const sendOnSql = releaseSql.replace('returning id', `returning ${addressedColumns}`)
