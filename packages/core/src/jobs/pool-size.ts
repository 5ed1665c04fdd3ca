// Checks that a pool has enough connections for its workers.
import { LadingError } from '../errors/lading-error.ts'
import { type Pool, poolSize } from '../postgres/pool/checkout.ts'

/**
 * One listens for the queue, one renews the leases of all jobs, and one is for short statements: claims, job ends,
 * calls on jobs, and everything that fetches need.
 */
const controlConnections = 3

/** Free connections that a job with several of them leaves: each other worker can begin its job. */
export function connectionReserve(imports: number, exports: number): number {
  return imports + exports - 1 + controlConnections
}

/**
 * Checks that each import and export can hold one connection, with three left for control. In a smaller pool, workers
 * that wait for a connection would be taken for dead.
 *
 * @throws LadingError `CONFIG_INVALID` with the figures
 */
export function checkPoolSize(pool: Pool, imports: number, exports: number): void {
  const needed = imports + exports + controlConnections
  const size = poolSize(pool)
  if (size >= needed) return
  throw new LadingError(
    'CONFIG_INVALID',
    `The pool has ${size} connections, but ${imports} import workers, ${exports} export workers and ${controlConnections} for control need ${needed}; raise the pool's max, or work with fewer workers.`,
  )
}
