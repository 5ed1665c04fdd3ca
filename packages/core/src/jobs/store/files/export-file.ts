// What the file of an export job is called, and what is in it, told from the job's row.
import type { JobKind } from '../job.ts'

interface ExportRow {
  readonly kind: JobKind
  readonly resource: string
  readonly format: string
  readonly options: Readonly<Record<string, unknown>>
  readonly created_at: Date
}

/** In place of a resource: the export of a bundle. No resource has such a name. */
export const severalResources = '*'

/** Of a bundle; null for any other job. */
export function resourcesOf({ kind, options }: ExportRow): readonly string[] | null {
  // `submitBundleExport` writes nothing else under this name.
  return kind === 'export' ? ((options.resources as readonly string[] | undefined) ?? null) : null
}

/** Of what is asked for: `.csv`, `.ndjson.gz`, `.tar.gz`. */
export function endingOf({ resource, format, options }: Omit<ExportRow, 'kind' | 'created_at'>): string {
  if (resource === severalResources) return '.tar.gz'
  return `.${format}${options.compression === 'gzip' ? '.gz' : ''}`
}

/** What the caller called it, else after the resource and the day, in UTC. */
export function fileNameOf(row: ExportRow): string {
  const { fileName } = row.options
  if (typeof fileName === 'string') return fileName
  const what = row.resource === severalResources ? 'bundle' : row.resource
  return `${what}-${row.created_at.toISOString().slice(0, 10)}${endingOf(row)}`
}
