// What an export is asked to do ↔ the options of its job, as plain JSON: every attempt asks for the same.
import type { StreamOptions } from '../../engine/export/exporter-options.ts'
import { callerOf, type JobRow } from './job-row.ts'
import type { NewJob } from './new-job.ts'

/** What is kept beside the resource and the format. */
export function frozenOptions(asked: StreamOptions): NewJob['options'] {
  const { filters, fields, sort, limit, delimiter, header, excel, compression } = asked
  const options = { filters: filters ?? {}, fields, sort, limit, delimiter, header, excel, compression }
  // A filter of a program may hold dates and 64-bit numbers, which are read from text as well.
  return JSON.parse(
    JSON.stringify(options, (_name, value: unknown) => (typeof value === 'bigint' ? String(value) : value)),
  )
}

/** What a job asks of the exporter. */
export function exportRequestOf(row: JobRow): StreamOptions {
  const { resource, format } = row
  const { kept: _, ...options } = row.options
  const caller = callerOf(row)
  return {
    // `submitExport` writes nothing else for an export.
    ...(options as Partial<StreamOptions>),
    resource,
    format,
    ...(caller && { caller }),
  }
}
