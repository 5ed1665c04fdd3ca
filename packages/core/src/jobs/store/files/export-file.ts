// The name and the resources of an export's file, derived from the job's row.
import type { JobKind } from '../job.ts'

interface ExportRow {
  readonly kind: JobKind
  readonly resource: string
  readonly format: string
  readonly options: Readonly<Record<string, unknown>>
  readonly created_at: Date
}

/** Stands for the resource in the export of a bundle. No resource has this name. */
export const severalResources = '*'

/** The resources of a bundle; null for any other job. */
export function resourcesOf({ kind, options }: ExportRow): readonly string[] | null {
  // `submitBundleExport` writes nothing else under this name.
  return kind === 'export' ? ((options.resources as readonly string[] | undefined) ?? null) : null
}

/** The file extension: `.csv`, `.ndjson.gz`, `.tar.gz`. */
export function endingOf({ resource, format, options }: Omit<ExportRow, 'kind' | 'created_at'>): string {
  if (resource === severalResources) return '.tar.gz'
  return `.${format}${options.compression === 'gzip' ? '.gz' : ''}`
}

/** The name that the caller chose, else the resource and the date in UTC. */
export function fileNameOf(row: ExportRow): string {
  const { fileName } = row.options
  if (typeof fileName === 'string') return fileName
  const what = row.resource === severalResources ? 'bundle' : row.resource
  return `${what}-${row.created_at.toISOString().slice(0, 10)}${endingOf(row)}`
}
