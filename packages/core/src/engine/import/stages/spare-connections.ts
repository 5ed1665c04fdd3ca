// Further connections for one run: only where batches may overlap, and only what the pool has free at this moment.
import { type Checkout, type Client, checkout, type Pool } from '../../../postgres/pool/checkout.ts'
import { runsOwnCode } from '../../catalogue/rules/own-code.ts'
import type { Target } from '../../catalogue/target.ts'
import { directCopy } from '../../staging/direct/direct-copy.ts'
import type { ImportOptions } from '../import-options.ts'

/** Where a run may find further connections. */
export interface SparePool {
  readonly pool: Pool
  /** Free connections that are left in the pool for others. @defaultValue 1 */
  readonly reserve?: number
  /** Called with each connection that is taken. */
  readonly onTaken?: (client: Client) => Promise<void>
}

export interface SpareOptions extends SparePool {
  /** How many connections a run may use, its own included. */
  readonly connections: number
  readonly signal: AbortSignal | undefined
}

/**
 * A batch that is copied before the ones before it are committed must not see that they are missing: no trigger, policy or function
 * of the application may look, and no sequence is moved. A limit of errors ends a run at a record, so batches wait for each other.
 */
export async function spareConnections(
  client: Client,
  target: Target,
  { dryRun, atomic, maxErrors }: ImportOptions,
  { pool, reserve = 1, onTaken, connections, signal }: SpareOptions,
): Promise<readonly Checkout[]> {
  if (connections < 2 || dryRun === true || atomic === true || maxErrors !== undefined) return []
  if (directCopy(target) === undefined || hasSequences(target)) return []
  if (await runsOwnCode(client, target.table.oid)) return []
  const spares: Checkout[] = []
  while (spares.length < connections - 1 && hasFree(pool, reserve)) {
    const spare = await checkout(pool, { signal }).catch(() => undefined)
    if (spare === undefined) break
    spares.push(spare)
    await onTaken?.(spare.client)
  }
  return spares
}

function hasSequences({ writable }: Target): boolean {
  return writable.some(({ info }) => info.sequences.length > 0)
}

/** A free connection that is not awaited, and the reserve. */
function hasFree({ options, totalCount, idleCount, waitingCount }: Pool, reserve: number): boolean {
  if (totalCount === undefined || idleCount === undefined || options?.max === undefined) return false
  return waitingCount === 0 && options.max - totalCount + idleCount > reserve
}
