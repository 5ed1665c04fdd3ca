// lading export: the rows of a resource, or a bundle of several, to standard output or to a file.
import type { Readable } from 'node:stream'
import type { Exporter, Project } from '@lading/core'
import { asUsage } from '../as-usage.ts'
import { printNotice } from '../complaint.ts'
import { loadProject } from '../config-file.ts'
import { type ExitCode, exitCode } from '../exit.ts'
import type { CommandIo } from '../io.ts'
import { exporterOf } from '../pipelines.ts'
import { rows } from '../printable.ts'
import { type DatabaseOptions, withDatabase } from '../with-database.ts'
import { writeOut } from '../write-out.ts'
import { type BundleCommandOptions, bundleOptions, exportTarget } from './bundle-options.ts'
import { type CallerOptions, callerOf } from './caller-options.ts'
import { exportOptions, type SelectionOptions } from './export-flags.ts'

export interface ExportCommandOptions
  extends DatabaseOptions,
    Omit<SelectionOptions, 'resource'>,
    BundleCommandOptions,
    CallerOptions {
  readonly config?: string
}

/** @param names resources given as arguments */
export async function exportRows(
  names: readonly string[],
  options: ExportCommandOptions,
  io: CommandIo,
): Promise<ExitCode> {
  const caller = callerOf(options)
  const { project } = await loadProject(options.config)
  const target = exportTarget(names, options)
  if (target.isBundle) {
    const bundle = bundleOptions(target.resources, options, project, io)
    const { length } = bundle.resources ?? project.resources
    const what = length === 1 ? '1 resource' : `${length} resources`
    return write(what, project, options, io, (exporter, onRows) =>
      exporter.bundle({ ...bundle, caller, onRows }),
    )
  }
  const stream = exportOptions({ ...options, resource: target.resource }, project)
  return write(stream.resource, project, options, io, (exporter, onRows) =>
    exporter.stream({ ...stream, caller, onRows }),
  )
}

/** @param what the exported resources, for the closing line */
function write(
  what: string,
  project: Project,
  options: ExportCommandOptions,
  io: CommandIo,
  open: (exporter: Exporter, onRows: (count: number) => void) => Readable,
): Promise<ExitCode> {
  const { output } = options
  return withDatabase(options, io, async ({ pool, interrupted, destroyConnections }) => {
    // A partial export is useless, so an interrupt breaks the connections at once.
    interrupted.addEventListener('abort', destroyConnections)
    const started = performance.now()
    let exported: number | undefined
    const onRows = (count: number) => {
      exported = count
    }
    const source = asUsage(() => open(exporterOf(project, pool), onRows))
    await writeOut(source, output, interrupted, io)
    // Undefined if the reader closed the pipe early; then nothing is reported.
    if (exported !== undefined) {
      const seconds = ((performance.now() - started) / 1000).toFixed(2)
      printNotice(
        `${rows(exported)} of ${what} ${output === undefined ? '' : `to ${output} `}in ${seconds} s`,
        io,
      )
    }
    return exitCode.done
  })
}
