// Columns that a batch leaves to their defaults → a check that the database user may use their sequences.

import type { Client } from '../../../postgres/pool/checkout.ts'
import { assertSequencePrivileges } from '../../catalogue/privileges.ts'
import type { Target } from '../../catalogue/target.ts'
import type { StagedBatch } from '../encode-batch.ts'

/** Checks each column only once. The returned function throws `DATABASE_REFUSED` before any row of the batch is sent. */
export function sequencePrivilegeChecker(
  client: Client,
  target: Target,
): (batch: StagedBatch) => Promise<void> {
  const unchecked = new Set(target.writable.filter(({ info }) => info.sequences.length > 0 && !info.isAlways))
  return async ({ rows, columns }) => {
    if (rows.length === 0 || unchecked.size === 0) return
    const filled = new Set(columns.flatMap(({ column, isMixed }) => (isMixed ? [] : [column])))
    const defaulted = [...unchecked].filter(column => !filled.has(column))
    if (defaulted.length === 0) return
    await assertSequencePrivileges(
      client,
      target,
      defaulted.map(({ info }) => info.name),
    )
    for (const column of defaulted) unchecked.delete(column)
  }
}
