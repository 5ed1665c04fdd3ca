// Columns that a batch leaves to their defaults → whether the database user may draw from the sequences of these.

import type { Client } from '../../../postgres/pool/client.ts'
import { assertDraws } from '../../catalogue/privileges.ts'
import type { Target } from '../../catalogue/target.ts'
import type { StagedBatch } from '../encode-batch.ts'

/** Asks once for each column. The returned function throws `DATABASE_REFUSED`, before a row of the batch is sent. */
export function drawsJudge(client: Client, target: Target): (batch: StagedBatch) => Promise<void> {
  const open = new Set(target.writable.filter(({ info }) => info.sequences.length > 0 && !info.isAlways))
  return async ({ rows, columns }) => {
    if (rows.length === 0 || open.size === 0) return
    const given = new Set(columns.flatMap(({ column, isMixed }) => (isMixed ? [] : [column])))
    const drawn = [...open].filter(column => !given.has(column))
    if (drawn.length === 0) return
    await assertDraws(
      client,
      target,
      drawn.map(({ info }) => info.name),
    )
    for (const column of drawn) open.delete(column)
  }
}
