// Whether a pool has as many connections as workers need at the same time.
import { LadingError } from '../errors/lading-error.ts'
import { type Pool, poolSize } from '../postgres/pool/client.ts'

/** One listens for the queue, one beats for all jobs, and one is for what is short: claims, ends, what is asked of jobs, and all that those who fetch need. */
const control = 3

/**
 * Workers that wait for a connection that another worker holds would be taken for dead.
 *
 * @throws LadingError `CONFIG_INVALID` with the figures
 */
export function checkPoolSize(pool: Pool, imports: number, exports: number): void {
  const needed = imports + exports + control
  const size = poolSize(pool)
  if (size >= needed) return
  throw new LadingError(
    'CONFIG_INVALID',
    `The pool has ${size} connections, but ${imports} import workers, ${exports} export workers and ${control} for control need ${needed}; raise the pool's max, or work with fewer workers.`,
  )
}
