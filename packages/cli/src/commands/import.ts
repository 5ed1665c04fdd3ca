// lading import: imports a file into the table of a resource, and reports every record.
import type { Caller, ImportOptions } from '@lading/core'
import { checkMapping, type DetectedFormat, isBundle, resourceNamed } from '@lading/core/internal'
import { asUsage } from '../as-usage.ts'
import { printNotice } from '../complaint.ts'
import { loadProject } from '../config-file.ts'
import { createErrorsFile } from '../errors-file.ts'
import { type ExitCode, exitCode, usageError } from '../exit.ts'
import { runImport } from '../import-run.ts'
import { findInputFile, type InputFile, isSameFile } from '../input-file.ts'
import type { CommandIo } from '../io.ts'
import { checkNames } from '../names.ts'
import { findRemoteFile, isAddress } from '../open-remote.ts'
import { createProgressLine } from '../progress-line.ts'
import { reportAsJson } from '../report-json.ts'
import { summary } from '../summary.ts'
import { withDatabase } from '../with-database.ts'
import { createRejectsFile } from '../write-rejects-file.ts'
import { callerOf } from './caller-options.ts'
import { detectInput } from './file-format.ts'
import { importBundle } from './import-bundle.ts'
import type { ImportCommandOptions } from './import-flags.ts'
import { importSettings } from './import-option-flags.ts'
import { recordLimit } from './record-limit.ts'

export async function importFile(
  name: string,
  options: ImportCommandOptions,
  io: CommandIo,
): Promise<ExitCode> {
  // Checked before the file is requested from a server.
  const caller = callerOf(options)
  recordLimit(options)
  if (isAddress(name)) {
    const resource = required(options)
    const file = await findRemoteFile(name, options.format, options)
    return importFrom(name, file, file, { ...options, resource, caller }, io).finally(() => file.close?.())
  }
  const file = await findInputFile(name, io)
  if (isBundle({ format: options.format, fileName: name, start: await file.start() })) {
    return importBundle(file, { ...options, caller }, io)
  }
  const resource = required(options)
  const found = await detectInput(name, options.format, file)
  return importFrom(name, file, found, { ...options, resource, caller }, io)
}

async function importFrom(
  name: string,
  file: InputFile,
  found: DetectedFormat & Pick<ImportOptions, 'encoding'>,
  options: ImportCommandOptions & { readonly resource: string; readonly caller: Caller | undefined },
  io: CommandIo,
): Promise<ExitCode> {
  const { resource, caller, errors, rejects } = options
  // Usage errors are reported before the file is read, as far as possible.
  const { format, compression } = found
  const userOptions = importSettings(options, await file.start())
  const settings = {
    ...userOptions,
    delimiter: userOptions.delimiter ?? found.delimiter,
    encoding: userOptions.encoding ?? found.encoding,
  }
  await checkFiles(name, { errors, rejects })
  const { project } = await loadProject(options.config)
  checkNames(project, { resource, format })
  const { mapping } = settings
  if (mapping !== undefined) asUsage(() => checkMapping(resourceNamed(project, resource), mapping))

  return withDatabase(options, io, async ({ pool, interrupted }) => {
    const errorsFile = errors === undefined ? undefined : await createErrorsFile(errors)
    const rejectsFile = rejects === undefined ? undefined : await createRejectsFile(rejects)
    // Progress is counted in decoded bytes.
    const isPlain = compression === 'none' && (settings.encoding ?? 'utf-8') === 'utf-8'
    const progress = createProgressLine(io.stderr, isPlain ? file.bytes : undefined)
    const announce = () => {
      progress.clear()
      printNotice('Stopping after the current batch; once more stops at once.', io)
    }
    interrupted.addEventListener('abort', announce)
    const outcome = await runImport({
      pool,
      project,
      io,
      errorsFile,
      rejectsFile,
      signal: interrupted,
      maxRecordBytes: recordLimit(options),
      run: {
        ...settings,
        compression,
        resource,
        format,
        caller,
        source: file.open(),
        onProgress: progress.show,
      },
    })
    interrupted.removeEventListener('abort', announce)
    progress.clear()

    const { report, fault } = outcome
    // If no record was read, only the fault is reported.
    if (report !== undefined && (fault === undefined || report.processed > 0)) {
      const text = options.json === true ? reportAsJson(outcome) : summary(outcome, file.label)
      io.stdout.write(text)
    }
    if (fault !== undefined) throw fault
    return report?.failed === 0 ? exitCode.done : exitCode.rejected
  })
}

/** @throws CommandError */
function required({ resource }: ImportCommandOptions): string {
  if (resource !== undefined) return resource
  throw usageError(
    'No resource was given: add --resource users, for the resource that the rows belong to; only a bundle (.tar.gz) names its own.',
  )
}

/** @throws CommandError if two of the files are the same */
async function checkFiles(
  source: string,
  targets: { readonly errors: string | undefined; readonly rejects: string | undefined },
): Promise<void> {
  for (const [option, target] of Object.entries(targets)) {
    if (target !== undefined && (await isSameFile(source, target))) {
      throw usageError(`--${option} names the file that is imported, which would overwrite it.`)
    }
  }
  const { errors, rejects } = targets
  if (errors !== undefined && errors === rejects) {
    throw usageError('--errors and --rejects name the same file; give each its own.')
  }
}
