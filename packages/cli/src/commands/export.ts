// lading export: the rows of a resource to standard output, or to a file that appears when it is complete.
import { createWriteStream } from 'node:fs'
import type { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createExporter } from '@lading/core'
import { tell } from '../complaint.ts'
import { loadProject } from '../config-file.ts'
import { type DatabaseOptions, withDatabase } from '../database.ts'
import { type ExitCode, exitCode, failure } from '../exit.ts'
import { errorCode, fileErrorReason, isFileError } from '../file-error.ts'
import { checkNames } from '../names.ts'
import { rows } from '../printable.ts'
import { cannotWrite, createSafeFile } from '../safe-file.ts'
import { parseFilters } from './filters.ts'
import { chooseFormat } from './format.ts'

export interface ExportCommandOptions extends DatabaseOptions {
  readonly config?: string
  readonly resource: string
  readonly format?: string
  readonly output?: string
  /** Each as `field=value`. */
  readonly filter?: readonly string[]
}

export async function exportRows(options: ExportCommandOptions): Promise<ExitCode> {
  const { resource, output } = options
  const format = chooseFormat(output, options.format)
  const filters = parseFilters(options.filter ?? [])
  const { project } = await loadProject(options.config)
  checkNames(project, { resource, format })

  return withDatabase(options, async ({ pool, interrupted, cut }) => {
    // Nothing of a half export is of use, so that nothing is waited for.
    interrupted.addEventListener('abort', cut)
    const started = performance.now()
    let exported: number | undefined
    const onRows = (count: number) => {
      exported = count
    }
    const exporter = createExporter({ pool, resources: project.resources })
    const source = exporter.stream({ resource, format, filters, onRows })
    await (output === undefined ? toStdout(source, interrupted) : toFile(source, output, interrupted))
    // Undefined where the reader had enough before the end, who is not told either.
    if (exported !== undefined) {
      const seconds = ((performance.now() - started) / 1000).toFixed(2)
      tell(`${rows(exported)} of ${resource} ${output === undefined ? '' : `to ${output} `}in ${seconds} s`)
    }
    return exitCode.done
  })
}

async function toStdout(source: Readable, signal: AbortSignal): Promise<void> {
  try {
    await pipeline(source, process.stdout, { signal, end: false })
  } catch (error) {
    if (errorCode(error) === 'EPIPE') return
    throw isFileError(error)
      ? failure(`Cannot write to standard output: ${fileErrorReason(error)}.`, error)
      : error
  }
}

async function toFile(source: Readable, output: string, signal: AbortSignal): Promise<void> {
  const file = await createSafeFile(output)
  try {
    await pipeline(source, createWriteStream(file.path), { signal })
  } catch (error) {
    await file.discard()
    throw isFileError(error) ? cannotWrite(output, error) : error
  }
  await file.commit()
}
