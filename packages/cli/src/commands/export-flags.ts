// Options of `lading export` → the options of the exporter.
import type { Project, StreamOptions } from '@lading/core'
import { delimiterOfFileName, readDelimiter, resourceNamed } from '@lading/core/internal'
import { asUsage } from '../exit.ts'
import { checkNames } from '../names.ts'
import { chooseFormat } from './file-format.ts'
import { parseFilters } from './filters.ts'

export interface SelectionOptions {
  readonly resource: string
  readonly format?: string
  readonly output?: string
  /** Each as `field=value`. */
  readonly filter?: readonly string[]
  /** Names, separated by commas. */
  readonly fields?: string
  readonly sort?: string
  readonly limit?: string
  readonly delimiter?: string
  /** False for `--no-header`. */
  readonly header?: boolean
  readonly excel?: boolean
  readonly compression?: string
}

/** @throws CommandError */
export function exportOptions(options: SelectionOptions, project: Project): StreamOptions {
  const { output, fields, sort, limit, header, excel } = options
  const format = chooseFormat(output, options.format)
  checkNames(project, { resource: options.resource, format })
  const resource = resourceNamed(project, options.resource)
  return {
    resource: resource.name,
    format,
    filters: parseFilters(resource, options.filter ?? []),
    fields: fields?.split(','),
    sort,
    limit: limit === undefined ? undefined : wholeNumber(limit),
    delimiter: delimiterOf(options, format),
    // Without --no-header, commander sets true.
    header: header === false ? false : undefined,
    excel,
    compression: compressionOf(options),
  }
}

/** The value of --delimiter, else that of the file extension: `.tsv` and `.tab` are CSV with TAB. */
function delimiterOf(
  { delimiter, output }: Pick<SelectionOptions, 'delimiter' | 'output'>,
  format: string,
): StreamOptions['delimiter'] {
  if (delimiter !== undefined) return asUsage(() => readDelimiter(delimiter))
  return format === 'csv' && output !== undefined ? delimiterOfFileName(output) : undefined
}

/** The value of --compression, else that of the file extension. */
function compressionOf({ compression, output }: SelectionOptions): StreamOptions['compression'] {
  // The exporter refuses an unknown one.
  if (compression !== undefined) return compression as StreamOptions['compression']
  return output !== undefined && /\.gz$/i.test(output) ? 'gzip' : undefined
}

function wholeNumber(text: string): number {
  return /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN
}
