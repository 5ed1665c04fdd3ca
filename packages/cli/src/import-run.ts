// One run of an importer → its report, or the fault and the report up to it, with the errors file completed.
import {
  createImporter,
  type ImporterOptions,
  type ImportReport,
  importReportOf,
  type Project,
  type RecordError,
  type RunOptions,
} from '@lading/core'
import type { ErrorsFile } from './errors-file.ts'
import { CommandError, exitCode } from './exit.ts'

export interface ImportRun {
  readonly pool: ImporterOptions['pool']
  readonly project: Project
  readonly errorsFile: ErrorsFile | undefined
  readonly signal: AbortSignal
  readonly run: Omit<RunOptions, 'signal' | 'onError'>
}

export interface ImportOutcome {
  /** Up to the fault, if there is one; undefined where the import did not even begin. */
  readonly report: ImportReport | undefined
  readonly fault: unknown
  /** The source was read to its end. */
  readonly complete: boolean
  /** The first error of each code; the report keeps the first errors only. */
  readonly examples: ReadonlyMap<string, RecordError>
}

/** Never throws. */
export async function runImport({
  pool,
  project,
  errorsFile,
  signal,
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
    const importer = createImporter({ pool, resources: project.resources })
    report = await importer.run({ ...run, onError, signal: signals })
  } catch (error) {
    report = importReportOf(error)
    fault = error
  }
  const fileFault = await complete(errorsFile, report, fault)
  return { report, examples, complete: fault === undefined, fault: fileFault ?? fault }
}

/** Rejected records of what is committed are rejected for good, so that their errors are kept even after a fault. */
async function complete(
  errorsFile: ErrorsFile | undefined,
  report: ImportReport | undefined,
  fault: unknown,
): Promise<CommandError | undefined> {
  if (errorsFile === undefined) return undefined
  try {
    if (fault === undefined || (report?.processed ?? 0) > 0) await errorsFile.finish()
    return undefined
  } catch (error) {
    // What was committed before is told from the cause.
    const message = error instanceof Error ? error.message : String(error)
    return new CommandError(exitCode.failed, message, { cause: fault ?? error })
  } finally {
    await errorsFile.discard()
  }
}
