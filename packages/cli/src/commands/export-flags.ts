// Options of `lading export`: their help, and what they are for the exporter.
import type { Project, StreamOptions } from '@lading/core'
import {
  delimiterOfFileName,
  readSentShape,
  resourceNamed,
  selectionSchema,
  shapeSchema,
} from '@lading/core/internal'
import type { Command } from 'commander'
import { asUsage } from '../as-usage.ts'
import { checkNames } from '../names.ts'
import { chooseFormat } from './file-format.ts'
import { parseFilters } from './filters.ts'
import { addOptionFlags } from './option-flags.ts'
import { principalOption, tenantOption } from './shared-flags.ts'

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

const { fields, sort, limit } = selectionSchema.properties
const { format: _byFileName, ...shape } = shapeSchema.properties

/** The options that become flags by themselves. */
const exportFlagOptions = { properties: { fields, sort, limit, ...shape } }

/** What the schemas do not say of a command line. */
const exportFlagNotes = {
  fields: { value: 'names', help: 'the fields in output order, separated by commas' },
  sort: {
    value: 'names',
    help: 'sort by these fields, separated by commas; - before a name for descending order',
  },
  delimiter: {
    value: 'delimiter',
    help: 'between CSV cells: comma (default), semicolon, tab or pipe',
  },
  header: { help: 'CSV without the header row' },
  compression: { value: 'name', help: 'gzip or none (default: by the extension of --output)' },
}

/** Adds the options of `lading export` that the library defines, and those after them. */
export function addExportFlags(command: Command): void {
  addOptionFlags(command, exportFlagOptions, exportFlagNotes)
    .option(...tenantOption)
    .option(...principalOption)
}

/** @throws CommandError */
export function exportOptions(options: SelectionOptions, project: Project): StreamOptions {
  const { output, fields, sort, limit } = options
  const format = chooseFormat(output, options.format)
  checkNames(project, { resource: options.resource, format })
  const resource = resourceNamed(project, options.resource)
  return {
    ...asUsage(() =>
      readSentShape({
        ...options,
        delimiter: delimiterOf(options, format),
        compression: compressionOf(options),
        format: undefined,
      }),
    ),
    resource: resource.name,
    filters: parseFilters(resource, options.filter ?? []),
    fields: fields?.split(','),
    sort,
    limit: limit === undefined ? undefined : wholeNumber(limit),
    format,
  }
}

/** The value of --delimiter, else that of the file extension: `.tsv` and `.tab` are CSV with TAB. */
function delimiterOf(
  { delimiter, output }: Pick<SelectionOptions, 'delimiter' | 'output'>,
  format: string,
): string | undefined {
  if (delimiter !== undefined) return delimiter
  return format === 'csv' && output !== undefined ? delimiterOfFileName(output) : undefined
}

/** The value of --compression, else that of the file extension. */
function compressionOf({ compression, output }: SelectionOptions): string | undefined {
  if (compression !== undefined) return compression
  return output !== undefined && /\.gz$/i.test(output) ? 'gzip' : undefined
}

function wholeNumber(text: string): number {
  return /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN
}
