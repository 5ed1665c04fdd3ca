// The plan of a table that refers to itself → the same with parents before their children, as an import wants them.

import { databaseFault } from '../../../postgres/sqlstate.ts'
import type { SnapshotConnection } from '../../../postgres/transaction/snapshot-connection.ts'
import type { Target } from '../../catalogue/target.ts'
import type { ExportPlan } from './export-plan.ts'
import { findOrder, hasOrder, inFoundOrder, selfReferences } from './parents-first-sql.ts'

/**
 * Good for the transaction of the session, until the next call. All other plans stay as they are, and so do those of
 * rows that are in such an order anyway.
 *
 * @throws LadingError those of the database; if the signal says that nobody waits any more, the session is closed
 */
export async function parentsFirst(
  { client, giveBack }: SnapshotConnection,
  target: Target,
  plan: ExportPlan,
  signal: AbortSignal,
): Promise<ExportPlan> {
  const keys = selfReferences(target)
  if (keys.length === 0) return plan
  const stop = () => giveBack(new Error('The reader of the bundle stopped early.'))
  signal.addEventListener('abort', stop, { once: true })
  try {
    await client.query(findOrder(target, keys, plan.rows))
    const { rows } = await client.query(hasOrder)
    if (rows[0]?.is_found !== true) return plan
    return { ...plan, query: { ...plan.query, source: inFoundOrder(plan.rows) } }
  } catch (error) {
    throw databaseFault(error)
  } finally {
    signal.removeEventListener('abort', stop)
  }
}
