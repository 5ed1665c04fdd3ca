// One run: a source through the pipeline into the table, and the report of it.

import { LadingError } from '../../errors/lading-error.ts'
import type { Client } from '../../postgres/pool/client.ts'
import { databaseFault } from '../../postgres/sqlstate.ts'
import { adoptTransaction } from '../../postgres/transaction/adopted-transaction.ts'
import { failpoint } from '../../util/failpoint.ts'
import { assertTakesRows } from '../catalogue/accepts-rows.ts'
import { assertDurable, durabilitySql } from '../catalogue/durability.ts'
import { assertPrivileges, type Doing } from '../catalogue/privileges.ts'
import { assertSupportedSettings } from '../catalogue/session-settings.ts'
import type { Target } from '../catalogue/target.ts'
import { formatNamed } from '../format/formats.ts'
import { type ByteSource, closeSource } from '../source/chunks.ts'
import { type ObjectSource, recordsOfObjects } from '../source/objects.ts'
import type { SequenceWarning } from '../staging/sequences/sequence-warning.ts'
import { type ImportOptions, readImportOptions } from './import-options.ts'
import { decode, importPipeline, type PipelineOptions } from './import-pipeline.ts'
import type { Limits, RunOptions } from './importer-options.ts'
import { listeners } from './report/listeners.ts'
import { NothingImported } from './report/nothing-imported.ts'
import { rejectsSink } from './report/rejects-writer.ts'
import { type ImportReport, Tally } from './report/report.ts'
import type { JobRun } from './run-recorder.ts'
import { openBatchDestination } from './stages/batch-destination.ts'
import type { ResolvedTarget } from './stages/resolve-target.ts'

/** @throws LadingError with the report of what had been done before the fault */
export async function runImport(
  client: Client,
  aim: () => Promise<ResolvedTarget>,
  limits: Limits,
  options: RunOptions,
  given?: JobRun,
): Promise<ImportReport> {
  let job = given
  const { resource, dryRun = false } = options
  const nothing = new NothingImported({ resource, dryRun, earlier: job?.earlier })
  const tally = new Tally(options.resource, job?.warnings ?? [], nothing)
  const ended = new AbortController()
  const giveUp = () => ended.abort()
  const signal = options.signal === undefined ? ended.signal : AbortSignal.any([ended.signal, options.signal])
  const hear = listeners(options, limits)
  const format = options.format === undefined ? undefined : formatNamed(options.format)
  const rejects = options.rejects && rejectsSink(options.rejects, format, options.signal)
  let putBack: (() => Promise<void>) | undefined
  try {
    const settings = readImportOptions(options)
    if (options.client !== undefined) putBack = await adoptTransaction(client)
    await assertSupportedSettings(client)
    const { target, settings: session, commits } = await aim()
    const real = { ...target, checksAtOnce: options.client === undefined }
    assertTakesRows(real)
    checkPolicy(real, settings)
    await assertPrivileges(client, real, doingOf(settings))
    const transaction = options.client === undefined ? 'own' : 'caller'
    for (const warning of await assertDurable(client, real, transaction)) tally.warn(warning)
    job = given && keptRun(given, real)
    signal.throwIfAborted()
    const onSequenceWarning = (warning: SequenceWarning) => tally.warn(warning)
    const road = await openBatchDestination({
      client,
      target: real,
      settings,
      transaction,
      job,
      session,
      commits,
      onSequenceWarning,
    })
    tally.notJudged = road.notJudged
    const pipelineOptions: PipelineOptions = {
      target: road.target,
      limits,
      settings: { ...settings, maxBytes: options.maxBytes },
      values: format?.values ?? 'json',
      signal,
      giveUp,
      stop: tally.stop,
      warningsWith: batch => tally.warningsWith(batch),
      job,
    }
    // The two kinds of source are told apart by `format`, as RunOptions says.
    const found =
      format === undefined
        ? recordsOfObjects(options.source as ObjectSource, signal)
        : decode(options.source as ByteSource, format, { ...pipelineOptions, from: job?.from })
    const records = rejects?.watch(found) ?? found
    let fault: LadingError | undefined
    for await (const batch of importPipeline(records, road.session, pipelineOptions)) {
      tally.add(batch)
      await hear.errors(batch)
      await rejects?.write(batch)
      await hear.progress(tally)
      job?.done(batch)
      fault = batch.fault
    }
    failpoint('after_last_batch')
    if (fault === undefined) {
      // Once, and not with each batch: what is not lost when it is LOGGED again was never lost.
      if (job !== undefined) await client.query(durabilitySql(real, job.tables))
      tally.readToEnd()
      nothing.complete()
    }
    fault ??= await road.arrive(tally, hear.errors)
    await road.close()
    await rejects?.close()
    if (fault !== undefined) throw fault
    return tally.report()
  } catch (error) {
    // What is rejected stays rejected; that the stream is broken is told already, or is not the reason.
    await rejects?.close().catch(() => undefined)
    if (options.atomic === true && options.dryRun !== true) tally.takeBack()
    throw withReport(error, tally, options.signal)
  } finally {
    // Whatever ended the run, and however early, the source is not read any further.
    giveUp()
    closeSource(options.source)
    await putBack?.()
  }
}

/** The same run, which ends a job with its rows only if the tables that hold them outlive a crash. */
function keptRun(run: JobRun, target: Target): JobRun {
  return { ...run, settle: report => `${run.settle(report)}; ${durabilitySql(target, run.tables)}` }
}

function doingOf({ onConflict = 'error', dryRun = false, atomic = false }: ImportOptions): Doing {
  return { updates: onConflict === 'update', reads: onConflict !== 'error' || dryRun || atomic }
}

/** @throws LadingError `OPTION_INVALID` where nothing tells which row a record is */
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
  const fault = isOurs(error) ? error : databaseFault(error)
  return new LadingError(fault.code, fault.message, { cause: fault.cause ?? fault, report })
}

function isOurs(error: unknown): error is LadingError {
  return error instanceof LadingError
}
