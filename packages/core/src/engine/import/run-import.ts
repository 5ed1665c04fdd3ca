// Runs one import: a source → the pipeline → the table, and the report.

import { LadingError } from '../../errors/lading-error.ts'
import type { Checkout, Client } from '../../postgres/pool/checkout.ts'
import { databaseFault } from '../../postgres/sqlstate.ts'
import { adoptTransaction } from '../../postgres/transaction/adopted-transaction.ts'
import { failpoint } from '../../util/failpoint.ts'
import { assertTakesRows } from '../catalogue/accepts-rows.ts'
import { assertDurable, durabilitySql } from '../catalogue/durability.ts'
import { assertPrivileges, type ImportAccess } from '../catalogue/privileges.ts'
import { assertSupportedSettings } from '../catalogue/session-settings.ts'
import type { Target } from '../catalogue/target.ts'
import { formatByName } from '../format/formats.ts'
import { type ByteSource, closeSource } from '../source/chunks.ts'
import { type ObjectSource, recordsOfObjects } from '../source/objects.ts'
import type { SequenceWarning } from '../staging/sequences/sequence-warning.ts'
import { type ImportOptions, readImportOptions } from './import-options.ts'
import { decode, type ImportPipelineOptions, importPipeline } from './import-pipeline.ts'
import type { Limits, RunOptions } from './importer-options.ts'
import { NothingImported } from './report/nothing-imported.ts'
import { rejectsWriter } from './report/rejects-writer.ts'
import { type ImportReport, Tally } from './report/report.ts'
import { listeners } from './report/run-listeners.ts'
import type { JobRun } from './run-recorder.ts'
import { openBatchDestination } from './stages/batch-destination.ts'
import type { ResolvedTarget } from './stages/resolve-target.ts'
import { type SparePool, spareConnections } from './stages/spare-connections.ts'

/** @throws LadingError with the report of the work done before the fault */
export async function runImport(
  client: Client,
  resolveTarget: () => Promise<ResolvedTarget>,
  limits: Limits,
  options: RunOptions,
  { jobRun, spare }: { readonly jobRun?: JobRun | undefined; readonly spare?: SparePool | undefined } = {},
): Promise<ImportReport> {
  let job = jobRun
  const { resource, dryRun = false } = options
  const nothing = new NothingImported({ resource, dryRun, earlier: job?.earlier })
  const tally = new Tally(options.resource, job?.warnings ?? [], nothing)
  const abortController = new AbortController()
  const giveUp = () => abortController.abort()
  const signal =
    options.signal === undefined
      ? abortController.signal
      : AbortSignal.any([abortController.signal, options.signal])
  const notify = listeners(options, limits)
  const format = options.format === undefined ? undefined : formatByName(options.format)
  const rejects = options.rejects && rejectsWriter(options.rejects, format, options.signal)
  let spares: readonly Checkout[] = []
  let failure: LadingError | undefined
  let restoreSettings: (() => Promise<void>) | undefined
  try {
    const importOptions = readImportOptions(options)
    if (options.client !== undefined) restoreSettings = await adoptTransaction(client)
    await assertSupportedSettings(client)
    const { target, setupSql, commits } = await resolveTarget()
    const importTarget = { ...target, checksDeferredPerBatch: options.client === undefined }
    assertTakesRows(importTarget)
    checkPolicy(importTarget, importOptions)
    await assertPrivileges(client, importTarget, operationsOf(importOptions))
    const transaction = options.client === undefined ? 'own' : 'caller'
    for (const warning of await assertDurable(client, importTarget, transaction)) tally.warn(warning)
    job = jobRun && durableRun(jobRun, importTarget)
    signal.throwIfAborted()
    const onSequenceWarning = (warning: SequenceWarning) => tally.warn(warning)
    if (spare !== undefined) {
      const { signal } = options
      spares = await spareConnections(client, importTarget, importOptions, { ...limits, ...spare, signal })
    }
    const destination = await openBatchDestination({
      client,
      spares: spares.map(spare => spare.client),
      target: importTarget,
      importOptions,
      transaction,
      job,
      setupSql,
      commits,
      onSequenceWarning,
    })
    tally.notJudged = destination.notJudged
    const pipelineOptions: ImportPipelineOptions = {
      target: destination.target,
      limits,
      importOptions,
      values: format?.values ?? 'json',
      signal,
      stopReading: giveUp,
      stop: tally.stop,
      warningsWith: batch => tally.warningsWith(batch),
      job,
    }
    // `format` distinguishes the two kinds of source, as RunOptions says.
    const decoded =
      format === undefined
        ? recordsOfObjects(options.source as ObjectSource, signal)
        : decode(options.source as ByteSource, format, {
            ...pipelineOptions,
            fileOptions: { ...importOptions, maxBytes: options.maxBytes },
            resumeFrom: job?.resumeFrom,
          })
    const records = rejects?.watch(decoded) ?? decoded
    let fault: LadingError | undefined
    for await (const batch of importPipeline(records, destination.connections, pipelineOptions)) {
      tally.add(batch)
      await notify.errors(batch)
      await rejects?.write(batch)
      await notify.progress(tally)
      job?.onBatchCommitted(batch)
      fault = batch.fault
    }
    failpoint('after_last_batch')
    if (fault === undefined) {
      // Once, and not with each batch: rows that survived until the table is LOGGED again were never lost.
      if (job !== undefined) await client.query(durabilitySql(importTarget, job.tables))
      tally.readToEnd()
      nothing.complete()
    }
    fault ??= await destination.finish(tally, notify.errors)
    await destination.close()
    await rejects?.close()
    if (fault !== undefined) throw fault
    return tally.report()
  } catch (error) {
    // Rejected records are written even now. A broken stream is either the fault already, or not its reason.
    await rejects?.close().catch(() => undefined)
    if (options.atomic === true && options.dryRun !== true) tally.rollBack()
    failure = withReport(error, tally, options.signal)
    throw failure
  } finally {
    for (const spare of spares) spare.release(failure)
    // However the run ended, the source is not read any further.
    giveUp()
    closeSource(options.source)
    await restoreSettings?.()
  }
}

/** The same run, which commits the end of a job only if its tables survive a crash. */
function durableRun(run: JobRun, target: Target): JobRun {
  return { ...run, settle: report => `${run.settle(report)}; ${durabilitySql(target, run.tables)}` }
}

function operationsOf({ onConflict = 'error', dryRun = false, atomic = false }: ImportOptions): ImportAccess {
  return { updates: onConflict === 'update', reads: onConflict !== 'error' || dryRun || atomic }
}

/** @throws LadingError `OPTION_INVALID` if no key identifies the row of a record */
export function checkPolicy({ keys, resource }: Target, { onConflict = 'error' }: ImportOptions): void {
  if (onConflict === 'error' || keys.length > 0) return
  throw new LadingError(
    'OPTION_INVALID',
    `onConflict "${onConflict}" needs a key, and ${resource.name} has no key; declare one, or use "error".`,
  )
}

function withReport(error: unknown, tally: Tally, signal: AbortSignal | undefined): LadingError {
  const report = tally.report()
  if (signal?.aborted === true) {
    return new LadingError('CANCELLED', 'The import was cancelled; what had been imported before stays.', {
      cause: error,
      report,
    })
  }
  const fault = isLadingError(error) ? error : databaseFault(error)
  return new LadingError(fault.code, fault.message, { cause: fault.cause ?? fault, report })
}

function isLadingError(error: unknown): error is LadingError {
  return error instanceof LadingError
}
