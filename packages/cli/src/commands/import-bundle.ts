// lading import BUNDLE: imports its resources into their tables, one after the other, and reports every record.
import type { Caller } from '@lading/core'
import { readBundleImportOptions } from '@lading/core/internal'
import { asUsage } from '../as-usage.ts'
import { printNotice } from '../complaint.ts'
import { loadProject } from '../config-file.ts'
import { type ExitCode, exitCode, usageError } from '../exit.ts'
import { type ImportOutcome, runImport } from '../import-run.ts'
import type { InputFile } from '../input-file.ts'
import type { CommandIo } from '../io.ts'
import { importerOf } from '../pipelines.ts'
import { createProgressLine } from '../progress-line.ts'
import { reportObject } from '../report-json.ts'
import { summary } from '../summary.ts'
import { withDatabase } from '../with-database.ts'
import type { ImportCommandOptions } from './import-flags.ts'
import { importSettings, toOptionName } from './import-option-flags.ts'
import { recordLimit } from './record-limit.ts'

/** Stops at the first fault, because later resources refer to records that were not imported. */
export async function importBundle(
  file: InputFile,
  options: ImportCommandOptions & { readonly caller: Caller | undefined },
  io: CommandIo,
): Promise<ExitCode> {
  const { caller } = options
  refuseForBundles(options)
  const settings = asUsage(
    () => readBundleImportOptions(importSettings(options, Buffer.alloc(0))),
    toOptionName,
  )
  const { project } = await loadProject(options.config)

  return withDatabase(options, io, async ({ pool, interrupted }) => {
    const importer = importerOf(project, pool, io)
    const bundle = await importer.openBundle({ source: file.open(), caller, signal: interrupted })
    const outcomes: ImportOutcome[] = []
    try {
      for (const { resource, format, size, open } of bundle.entries) {
        const progress = createProgressLine(io.stderr, size)
        const announce = () => {
          progress.clear()
          printNotice('Stopping after the current batch; once more stops at once.', io)
        }
        interrupted.addEventListener('abort', announce)
        const outcome = await runImport({
          pool,
          project,
          io,
          errorsFile: undefined,
          rejectsFile: undefined,
          signal: interrupted,
          maxRecordBytes: recordLimit(options),
          run: { ...settings, resource, format, caller, source: await open(), onProgress: progress.show },
        })
        interrupted.removeEventListener('abort', announce)
        progress.clear()
        outcomes.push(outcome)
        const { report, fault } = outcome
        const hasReport = report !== undefined && (fault === undefined || report.processed > 0)
        if (options.json !== true && hasReport) io.stdout.write(`${summary(outcome, file.label)}\n`)
        if (fault !== undefined) throw fault
      }
    } finally {
      await bundle.close()
      if (options.json === true && outcomes.length > 0) {
        const imports = outcomes.map(reportObject)
        io.stdout.write(`${JSON.stringify({ createdAt: bundle.createdAt, imports }, null, 2)}\n`)
      }
    }
    return outcomes.every(({ report }) => report?.failed === 0) ? exitCode.done : exitCode.rejected
  })
}

/** @throws CommandError */
function refuseForBundles({ resource, errors, rejects }: ImportCommandOptions): void {
  if (resource !== undefined) {
    throw usageError(
      'A bundle names its resources itself; leave out --resource, or unpack it and import one file.',
    )
  }
  for (const [name, value] of Object.entries({ errors, rejects })) {
    if (value === undefined) continue
    throw usageError(
      `--${name} works with one resource only; unpack the bundle, and import its files one by one.`,
    )
  }
}
