// What a commit waits for before it is reported → the statements that set this in a transaction.
import { LadingError } from '../../errors/lading-error.ts'
import { doBlock } from '../identifier.ts'
import type { Pool } from '../pool/pg.ts'
import { setLocal } from './transaction.ts'

/** Levels of PostgreSQL's `synchronous_commit` at which a commit is on disk before it is reported. */
export const commitLevels = ['local', 'remote_write', 'on', 'remote_apply'] as const

/**
 * - `local`: on the disk of this server.
 * - `remote_write`: and written by the standbys in `synchronous_standby_names`, which may not have flushed it.
 * - `on`: and flushed to the disks of these standbys.
 * - `remote_apply`: and visible to queries on these standbys.
 */
export type SynchronousCommit = (typeof commitLevels)[number]

export interface CommitStatements {
  /** For the transaction of a batch that a later transaction makes durable. */
  readonly batch: string
  /** For a transaction whose commit is reported to a caller. */
  readonly reported: string
}

/** Keeps the setting of the role or the database, unless it is `off`. */
const atLeastOn = doBlock(`
begin
  if pg_catalog.current_setting('synchronous_commit') = 'off' then
    perform pg_catalog.set_config('synchronous_commit', 'on', true);
  end if;
end`)

const levels = new WeakMap<Pool, SynchronousCommit>()

/** Sets the level for a pool; undefined keeps the earlier one. @throws LadingError `CONFIG_INVALID` */
export function rememberCommitLevel(pool: Pool, level: SynchronousCommit | undefined): void {
  if (level === undefined) return
  if (!commitLevels.includes(level)) {
    throw new LadingError(
      'CONFIG_INVALID',
      `The option synchronousCommit must be one of ${commitLevels.join(', ')}.`,
    )
  }
  levels.set(pool, level)
}

/** Without a level for the pool, batches wait for nothing: the commit that ends the run flushes all earlier ones to disk. */
export function commitStatements(pool: Pool): CommitStatements {
  const level = levels.get(pool)
  if (level === undefined) return { batch: setLocal('synchronous_commit', 'off'), reported: atLeastOn }
  const statement = setLocal('synchronous_commit', level)
  return { batch: statement, reported: statement }
}
