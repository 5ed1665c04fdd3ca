// Where the batches of a run go: straight into the table, or into a shadow table until the whole file has been judged.

import { LadingError } from '../../../errors/lading-error.ts'
import type { Client } from '../../../postgres/pool/checkout.ts'
import { databaseFault } from '../../../postgres/sqlstate.ts'
import type { CommitStatements } from '../../../postgres/transaction/commit-level.ts'
import { beginWriting } from '../../../postgres/transaction/transaction.ts'
import type { Target } from '../../catalogue/target.ts'
import { directStrategy } from '../../staging/direct/direct-strategy.ts'
import type { SequenceWarning } from '../../staging/sequences/sequence-warning.ts'
import { createSequences, type SequenceOptions, type Sequences } from '../../staging/sequences/sequences.ts'
import { type BatchBuffer, createBatchBuffer } from '../../staging/shadow/batch-buffer.ts'
import { replay } from '../../staging/shadow/replay.ts'
import { openShadowTable } from '../../staging/shadow/shadow-table.ts'
import { openStagingConnection, type StagingConnection } from '../../staging/staging-connection.ts'
import type { ImportOptions } from '../import-options.ts'
import type { Tally } from '../report/report.ts'
import type { ReportErrors } from '../report/run-listeners.ts'
import type { JobRun } from '../run-recorder.ts'
import { stageRows } from './batches.ts'

export interface BatchDestinationOptions {
  readonly client: Client
  /** Further connections for batches that overlap. */
  readonly spares: readonly Client[]
  /** The resource and its table. */
  readonly target: Target
  readonly importOptions: ImportOptions
  readonly transaction: 'own' | 'caller'
  readonly job: JobRun | undefined
  /** Statements that set the application's variables in each transaction. */
  readonly setupSql: string
  readonly commits: CommitStatements
  readonly onSequenceWarning: (warning: SequenceWarning) => void
}

export interface BatchDestination {
  /** The target that batches are encoded for. */
  readonly target: Target
  readonly connections: readonly [StagingConnection, ...StagingConnection[]]
  readonly notJudged: readonly string[]
  /** Call it when the file has been read to its end. @returns `IMPORT_ROLLED_BACK` if nothing was imported */
  finish(tally: Tally, reportErrors: ReportErrors): Promise<LadingError | undefined>
  /** Drops everything that was only for this run. */
  close(): Promise<void>
}

export async function openBatchDestination(options: BatchDestinationOptions): Promise<BatchDestination> {
  const { client, target, importOptions, transaction, commits } = options
  const { dryRun = false, atomic = false, onConflict = 'error' } = importOptions
  const connectionOptions = {
    onConflict,
    transaction,
    commits,
    preamble: options.setupSql,
    fence: options.job?.fence,
  }
  if (!dryRun && !atomic) {
    const sequences = sequencesOf(target, options, transaction === 'own' ? 'batch' : 'end')
    const shared = { ...connectionOptions, sequences, directStrategy: directStrategy() }
    const staging = openStagingConnection(client, target, shared)
    return {
      target,
      connections: [staging, ...options.spares.map(spare => openStagingConnection(spare, target, shared))],
      notJudged: [],
      finish: async () => undefined,
      async close() {
        await sequences.settle(client)
        await staging.close()
      },
    }
  }
  const buffer = dryRun ? undefined : createBatchBuffer(target)
  const shadowTable = await openShadowTable(client, target, buffer).catch(rethrow)
  // The shadow table's sequences move as those of the table would, so the same numbers are free.
  const sequences = sequencesOf(shadowTable.target, options, 'batch')
  const shadowConnection = openStagingConnection(client, shadowTable.target, {
    ...connectionOptions,
    sequences,
    shadowTable: shadowTable,
  })
  return {
    target: shadowTable.target,
    connections: [shadowConnection],
    notJudged: dryRun ? shadowTable.notJudged : [],
    finish: (tally, reportErrors) =>
      buffer === undefined
        ? Promise.resolve(undefined)
        : importAtomically(options, buffer, tally, reportErrors),
    async close() {
      await shadowConnection.close()
      await client.query(shadowTable.dropSql).catch(rethrow)
    },
  }
}

function sequencesOf(
  target: Target,
  { importOptions, onSequenceWarning: onWarning }: BatchDestinationOptions,
  when: SequenceOptions['when'],
): Sequences {
  return createSequences(target, { when: importOptions.sequences === 'leave' ? 'never' : when, onWarning })
}

/** The statements at the beginning of a transaction that has the run for itself. */
function preambleOf({ setupSql, job }: BatchDestinationOptions): string {
  return [setupSql, job?.fence.whole ?? ''].filter(statements => statements !== '').join('; ')
}

/** Imports everything in one transaction, or nothing. */
async function importAtomically(
  options: BatchDestinationOptions,
  buffer: BatchBuffer,
  tally: Tally,
  reportErrors: ReportErrors,
): Promise<LadingError | undefined> {
  const { client, target, importOptions, transaction, job, commits } = options
  const ownsTransaction = transaction === 'own'
  if (tally.rejected > 0) return rolledBack(tally)
  const preamble = preambleOf(options)
  const beginSql = ownsTransaction
    ? beginWriting(commits.reported, preamble)
    : `savepoint lading_whole; ${preamble}`
  await client.query(beginSql).catch(rethrow)
  const sequences = sequencesOf(target, options, 'end')
  const { rejected, outcome } = await replay(
    client,
    target,
    buffer,
    importOptions.onConflict ?? 'error',
    sequences,
  )
  if (rejected.length === 0) {
    tally.settle(outcome)
    const settleSql = job?.settle(tally.report()) ?? ''
    await client
      .query(ownsTransaction ? `${settleSql}; commit` : 'release savepoint lading_whole')
      .catch(rethrow)
    tally.markCommitted()
    return undefined
  }
  await client.query(ownsTransaction ? 'rollback' : 'rollback to savepoint lading_whole').catch(rethrow)
  const batch = {
    rows: rejected,
    staged: stageRows(target, [], { mayUpdate: false }),
    invalid: [],
    end: { byte: 0, rowNumber: 0, line: 0 },
    fault: undefined,
    outcome: { inserted: 0, updated: 0, ignored: 0 },
  }
  if (job !== undefined) {
    await client
      .query(
        `${beginWriting(preamble)}; ${job.record(batch, batch.outcome, tally.warningsWith(batch))}; commit`,
      )
      .catch(rethrow)
    job.onBatchCommitted(batch)
  }
  tally.rollBack(rejected.length)
  tally.add(batch)
  await reportErrors(batch)
  return rolledBack(tally)
}

function rolledBack(tally: Tally): LadingError {
  return new LadingError(
    'IMPORT_ROLLED_BACK',
    `${tally.rejected} of ${tally.read} records were rejected, so nothing was imported; correct them and send the whole file again.`,
  )
}

function rethrow(error: unknown): never {
  throw databaseFault(error)
}
