// An export request ↔ the options of its job, as plain JSON: every attempt uses the same ones.
import type { StreamOptions } from '../../engine/export/exporter-options.ts'
import { callerOf, type JobRow } from './job-row.ts'
import type { NewJob } from './new-job.ts'

/** The options to store, without the resource and the format. */
export function frozenOptions(request: StreamOptions): NewJob['options'] {
  const { filters, fields, sort, limit, delimiter, header, excel, compression } = request
  const options = { filters: filters ?? {}, fields, sort, limit, delimiter, header, excel, compression }
  // A filter set in code may contain dates and 64-bit numbers, which can also be read from text.
  return JSON.parse(
    JSON.stringify(options, (_name, value: unknown) => (typeof value === 'bigint' ? String(value) : value)),
  )
}

/** The exporter request of a job. */
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
