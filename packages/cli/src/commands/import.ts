// lading import: a file into the table of a resource, and what became of every record.
import { tell } from '../complaint.ts'
import { loadProject } from '../config-file.ts'
import { type DatabaseOptions, withDatabase } from '../database.ts'
import { createErrorsFile } from '../errors-file.ts'
import { type ExitCode, exitCode, usageError } from '../exit.ts'
import { runImport } from '../import-run.ts'
import { findInputFile, isSameFile } from '../input-file.ts'
import { checkNames } from '../names.ts'
import { createProgressLine } from '../progress-line.ts'
import { reportAsJson } from '../report-json.ts'
import { summary } from '../summary.ts'
import { chooseFormat } from './format.ts'

export interface ImportCommandOptions extends DatabaseOptions {
  readonly config?: string
  readonly resource: string
  readonly format?: string
  /** File for all record errors. */
  readonly errors?: string
  readonly json?: boolean
}

export async function importFile(name: string, options: ImportCommandOptions): Promise<ExitCode> {
  const { resource, errors } = options
  const format = chooseFormat(name === '-' ? undefined : name, options.format, 'Standard input')
  const file = await findInputFile(name)
  if (errors !== undefined && (await isSameFile(name, errors))) {
    throw usageError('--errors names the file that is imported, which would overwrite it.')
  }
  const { project } = await loadProject(options.config)
  checkNames(project, { resource, format })

  return withDatabase(options, async ({ pool, interrupted }) => {
    const errorsFile = errors === undefined ? undefined : await createErrorsFile(errors)
    const progress = createProgressLine(process.stderr, file.bytes)
    const announce = () => {
      progress.clear()
      tell('Stopping after the current batch; once more stops at once.')
    }
    interrupted.addEventListener('abort', announce)
    const outcome = await runImport({
      pool,
      project,
      errorsFile,
      signal: interrupted,
      run: { resource, format, source: file.open(), onProgress: progress.show },
    })
    interrupted.removeEventListener('abort', announce)
    progress.clear()

    const { report, fault } = outcome
    // Where nothing was read there is nothing to sum up, only the fault to tell.
    if (report !== undefined && (fault === undefined || report.processed > 0)) {
      const text = options.json === true ? reportAsJson(outcome) : summary(outcome, file.label)
      process.stdout.write(text)
    }
    if (fault !== undefined) throw fault
    return report?.failed === 0 ? exitCode.done : exitCode.rejected
  })
}
