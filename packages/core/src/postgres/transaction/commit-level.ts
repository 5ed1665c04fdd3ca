// What a commit waits for before anybody is told of it → the statements that say so in a transaction.
import { LadingError } from '../../errors/lading-error.ts'
import { doBlock } from '../identifier.ts'
import type { Pool } from '../pool/pg.ts'
import { setLocal } from './transaction.ts'

/** Levels of PostgreSQL's `synchronous_commit` at which a commit is on disk before it is reported. */
export const commitLevels = ['local', 'remote_write', 'on', 'remote_apply'] as const

/**
 * - `local`: on the disk of this server.
 * - `remote_write`: and written by the standbys that `synchronous_standby_names` names, which may not have flushed it.
 * - `on`: and on the disks of these standbys.
 * - `remote_apply`: and visible to queries on these standbys.
 */
export type SynchronousCommit = (typeof commitLevels)[number]

export interface CommitStatements {
  /** For the transaction of a batch that a later one makes durable. */
  readonly batch: string
  /** For a transaction whose commit somebody is told of. */
  readonly reported: string
}

/** What a role or a database says stays, unless it says that nothing is waited for. */
const atLeastOn = doBlock(`
begin
  if pg_catalog.current_setting('synchronous_commit') = 'off' then
    perform pg_catalog.set_config('synchronous_commit', 'on', true);
  end if;
end`)

const levels = new WeakMap<Pool, SynchronousCommit>()

/** Undefined leaves what was said of the pool before. @throws LadingError `CONFIG_INVALID` */
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

/** Of a pool about which nothing was said, batches wait for nothing: the commit that ends the run has all before it on disk. */
export function commitStatements(pool: Pool): CommitStatements {
  const level = levels.get(pool)
  if (level === undefined) return { batch: setLocal('synchronous_commit', 'off'), reported: atLeastOn }
  const statement = setLocal('synchronous_commit', level)
  return { batch: statement, reported: statement }
}
