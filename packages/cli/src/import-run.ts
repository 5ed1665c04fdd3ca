// One run of an importer → its report, or the fault and the report up to it. Completes the errors and rejects files.
import {
  type ImporterOptions,
  type ImportOptions,
  type ImportReport,
  importReportOf,
  type Project,
  type RecordError,
  type RunOptions,
} from '@lading/core'
import type { ErrorsFile } from './errors-file.ts'
import { CommandError, exitCode } from './exit.ts'
import type { CommandIo } from './io.ts'
import { importerOf } from './pipelines.ts'
import type { RejectsFileWriter } from './write-rejects-file.ts'

export interface ImportRun {
  readonly pool: ImporterOptions['pool']
  readonly project: Project
  readonly io: CommandIo
  readonly errorsFile: ErrorsFile | undefined
  readonly rejectsFile: RejectsFileWriter | undefined
  readonly signal: AbortSignal
  /** The maximum size of a record in bytes. @defaultValue that of the library */
  readonly maxRecordBytes: number | undefined
  readonly run: Omit<RunOptions, 'signal' | 'onError' | 'rejects'>
}

export interface ImportOutcome {
  /** Up to the fault, if there is one; undefined if the import did not begin. */
  readonly report: ImportReport | undefined
  readonly fault: unknown
  /** The source was read to its end. */
  readonly complete: boolean
  /** The options of the import. */
  readonly options: ImportOptions
  /** The first error of each code; the report keeps the first errors only. */
  readonly examples: ReadonlyMap<string, RecordError>
}

/** Never throws. */
export async function runImport({
  pool,
  project,
  io,
  errorsFile,
  rejectsFile,
  signal,
  maxRecordBytes,
  run,
}: ImportRun): Promise<ImportOutcome> {
  const examples = new Map<string, RecordError>()
  const onError = (error: RecordError) => {
    if (!examples.has(error.code)) examples.set(error.code, error)
    errorsFile?.add(error)
  }
  const signals = errorsFile === undefined ? signal : AbortSignal.any([signal, errorsFile.failed])
  let report: ImportReport | undefined
  let fault: unknown
  try {
    const importer = importerOf(project, pool, io, maxRecordBytes)
    const rejects = rejectsFile && { rejects: rejectsFile.stream }
    report = await importer.run({ ...run, ...rejects, onError, signal: signals })
  } catch (error) {
    report = importReportOf(error)
    fault = error
  }
  const cause = rejectsFile?.failure() ?? fault
  const faults = [
    await complete(errorsFile, report, cause),
    // If it cannot be written, that is already the fault.
    rejectsFile?.failure() === undefined
      ? await complete(rejectsFile, report, cause)
      : await rejectsFile.discard(),
  ]
  const fileFault = faults.find(fileError => fileError !== undefined)
  return { report, examples, options: run, complete: fault === undefined, fault: fileFault ?? cause }
}

/** Completes the file even after a fault, because records rejected in committed batches stay rejected. */
async function complete(
  file: Pick<ErrorsFile, 'finish' | 'discard'> | undefined,
  report: ImportReport | undefined,
  fault: unknown,
): Promise<CommandError | undefined> {
  if (file === undefined) return undefined
  try {
    if (fault === undefined || (report?.processed ?? 0) > 0) await file.finish()
    return undefined
  } catch (error) {
    // The cause has the report of what was committed before.
    const message = error instanceof Error ? error.message : String(error)
    return new CommandError(exitCode.failed, message, { cause: fault ?? error })
  } finally {
    await file.discard()
  }
}
