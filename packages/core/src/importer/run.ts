// One run: a source through the pipeline into the table, and the report of it.
import type { Target } from '../catalogue/target.ts'
import { callHook } from '../errors/hook.ts'
import { LadingError } from '../errors/lading-error.ts'
import { formatNamed } from '../format/formats.ts'
import type { Client } from '../postgres/client.ts'
import { databaseFault } from '../postgres/sqlstate.ts'
import { type ByteSource, closeSource } from '../source/chunks.ts'
import { type ObjectSource, recordsOfObjects } from '../source/objects.ts'
import { openSession } from '../staging/session.ts'
import type { ImportBatch } from './batches.ts'
import type { Limits, RunOptions } from './options.ts'
import { decode, importPipeline, type JobRecorder, type PipelineOptions } from './pipeline.ts'
import { type ImportReport, Tally } from './report.ts'

export interface JobRun extends JobRecorder {
  /** Hears of each batch that is committed. */
  done(batch: ImportBatch): void
}

/** @throws LadingError with the report of what had been done before the fault */
export async function runImport(
  client: Client,
  targetOf: () => Promise<Target>,
  limits: Limits,
  options: RunOptions,
  job?: JobRun,
): Promise<ImportReport> {
  const tally = new Tally(options.resource, options.onError)
  const ended = new AbortController()
  const signal = options.signal === undefined ? ended.signal : AbortSignal.any([ended.signal, options.signal])
  const format = options.format === undefined ? undefined : formatNamed(options.format)
  try {
    const target = await targetOf()
    signal.throwIfAborted()
    const pipelineOptions: PipelineOptions = {
      target,
      limits,
      values: format?.values ?? 'json',
      onUnknownColumn: column => tally.warnUnknownColumn(column),
      signal,
      job,
    }
    // The two kinds of source are told apart by `format`, as RunOptions says.
    const records =
      format === undefined
        ? recordsOfObjects(options.source as ObjectSource)
        : decode(options.source as ByteSource, format, pipelineOptions)
    const session = await openSession(client, target, {
      transaction: options.client === undefined ? 'own' : 'caller',
      ...(job && { fence: job.fence }),
    })
    let fault: LadingError | undefined
    for await (const batch of importPipeline(records, session, pipelineOptions)) {
      tally.add(batch.rows, batch.end.byte)
      callHook('onProgress', () => options.onProgress?.(tally.progress()))
      job?.done(batch)
      fault = batch.fault
    }
    await session.close()
    if (fault !== undefined) throw fault
    return tally.report()
  } catch (error) {
    throw withReport(error, tally, options.signal)
  } finally {
    // Whatever ended the run, and however early, the source is not read any further.
    ended.abort()
    closeSource(options.source)
  }
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
