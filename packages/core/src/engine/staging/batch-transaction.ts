// The statements around a batch: in a transaction of its own, or in a savepoint of the caller's transaction.
import type { CommitStatements } from '../../postgres/transaction/commit-level.ts'
import { beginWriting } from '../../postgres/transaction/transaction.ts'

/** Statements that keep everyone but the holder of a job from writing a batch; they return no result set. */
export interface BatchFence {
  /** At the begin of a batch that has the run for itself: `mark` and `check`. */
  readonly whole: string
  /** At the begin of a batch that is copied while the one before it is open. */
  readonly mark: string
  /** With the counters of such a batch. */
  readonly check: string
}

export interface BatchTransactionOptions {
  /**
   * - `own`: each batch is a transaction.
   * - `caller`: the connection is in a transaction of the caller, which is neither committed nor rolled back here.
   */
  readonly transaction: 'own' | 'caller'
  /** Statements at the start of each batch's transaction, such as settings; they return no result set. */
  readonly preamble?: string
  readonly fence?: BatchFence | undefined
  readonly commits: CommitStatements
}

export interface BatchTransaction {
  /** Before the COPY. */
  readonly begin: string
  /** Instead of `begin`, while the batch before it is open; `fence` then comes before the commit. */
  readonly beginAhead: string
  readonly fence: string
  /** After the merge. */
  readonly commit: string
  /** Instead of `commit`: undoes the batch. */
  readonly rollback: string
  /** After the last batch: all earlier ones are then on disk. Undefined if the caller's commit does that. */
  readonly flush: string | undefined
}

export function batchTransaction({
  transaction,
  commits,
  preamble = '',
  fence = { whole: '', mark: '', check: '' },
}: BatchTransactionOptions): BatchTransaction {
  if (transaction === 'caller') {
    const begin = ['savepoint lading_batch', preamble].filter(Boolean).join('; ')
    return {
      begin,
      beginAhead: begin,
      fence: '',
      commit: 'release savepoint lading_batch',
      rollback: 'rollback to savepoint lading_batch; release savepoint lading_batch',
      flush: undefined,
    }
  }
  // A crash of the server may lose the last batches, but never part of one.
  return {
    begin: beginWriting(commits.batch, joined(preamble, fence.whole)),
    beginAhead: beginWriting(commits.batch, joined(preamble, fence.mark)),
    fence: fence.check,
    commit: 'commit',
    rollback: 'rollback',
    // Only the commit of a transaction with an id waits for the disk.
    flush: `${beginWriting(commits.reported)}; select pg_catalog.pg_current_xact_id(); commit`,
  }
}

function joined(...statements: readonly string[]): string {
  return statements.filter(Boolean).join('; ')
}
