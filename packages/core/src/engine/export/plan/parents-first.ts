// The plan for a self-referencing table → the same plan with parents before their children, as an import needs them.

import { databaseFault } from '../../../postgres/sqlstate.ts'
import type { SnapshotConnection } from '../../../postgres/transaction/snapshot-connection.ts'
import type { Target } from '../../catalogue/target.ts'
import type { ExportPlan } from './export-plan.ts'
import { findOrderSql, hasOrderSql, orderedSourceSql, selfReferences } from './parents-first-sql.ts'

/**
 * The new plan is valid in the connection's transaction, until the next call. Plans for other tables, and for rows that
 * are already in such an order, are returned unchanged.
 *
 * @param signal closes the connection if the reader stops early
 * @throws LadingError the faults of the database
 */
export async function parentsFirst(
  { client, release }: SnapshotConnection,
  target: Target,
  plan: ExportPlan,
  signal: AbortSignal,
): Promise<ExportPlan> {
  const keys = selfReferences(target)
  if (keys.length === 0) return plan
  const stop = () => release(new Error('The reader of the bundle stopped early.'))
  signal.addEventListener('abort', stop, { once: true })
  try {
    await client.query(findOrderSql(target, keys, plan.rows))
    const { rows } = await client.query(hasOrderSql)
    if (rows[0]?.is_found !== true) return plan
    return { ...plan, query: { ...plan.query, source: orderedSourceSql(plan.rows) } }
  } catch (error) {
    throw databaseFault(error)
  } finally {
    signal.removeEventListener('abort', stop)
  }
}
