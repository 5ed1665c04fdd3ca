// The statements around a batch: in a transaction of its own, or in a savepoint of the caller's transaction.
import type { CommitStatements } from '../../postgres/transaction/commit-level.ts'
import { beginWriting } from '../../postgres/transaction/transaction.ts'

export interface BatchTransactionOptions {
  /**
   * - `own`: each batch is a transaction.
   * - `caller`: the connection is in a transaction of the caller, which is neither committed nor rolled back here.
   */
  readonly transaction: 'own' | 'caller'
  /** Statements at the start of each batch's transaction, such as settings and a fence; they return no result set. */
  readonly preamble?: string
  readonly commits: CommitStatements
}

export interface BatchTransaction {
  /** Before the COPY. */
  readonly begin: string
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
}: BatchTransactionOptions): BatchTransaction {
  if (transaction === 'caller') {
    return {
      begin: ['savepoint lading_batch', preamble].filter(Boolean).join('; '),
      commit: 'release savepoint lading_batch',
      rollback: 'rollback to savepoint lading_batch; release savepoint lading_batch',
      flush: undefined,
    }
  }
  // A crash of the server may lose the last batches, but never part of one.
  return {
    begin: beginWriting(commits.batch, preamble),
    commit: 'commit',
    rollback: 'rollback',
    // Only the commit of a transaction with an id waits for the disk.
    flush: `${beginWriting(commits.reported)}; select pg_catalog.pg_current_xact_id(); commit`,
  }
}
