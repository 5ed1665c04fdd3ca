// Options of `lading export` → whether it creates a bundle, and of which resources.
import type { BundleOptions, Project } from '@lading/core'
import { resourceNamed } from '@lading/core/internal'
import { asUsage } from '../as-usage.ts'
import { usageError } from '../exit.ts'
import type { CommandIo } from '../io.ts'
import type { SelectionOptions } from './export-flags.ts'

export interface BundleCommandOptions extends Omit<SelectionOptions, 'resource'> {
  readonly resource?: string
  readonly all?: boolean
}

type ExportTarget =
  | { readonly isBundle: false; readonly resource: string }
  /** Undefined: all resources. */
  | { readonly isBundle: true; readonly resources: readonly string[] | undefined }

/** Whether a name ends in `.tar.gz` or `.tgz`. */
export function isBundleName(name: string): boolean {
  return /\.(tar\.gz|tgz)$/i.test(name)
}

/** Several resources become a bundle, and so does an export to a file with a bundle name. @throws CommandError */
export function exportTarget(
  names: readonly string[],
  { all = false, resource, output }: BundleCommandOptions,
): ExportTarget {
  const resources = [...(resource === undefined ? [] : [resource]), ...names]
  if (all) {
    if (resources.length > 0)
      throw usageError(`--all means every resource; leave out "${resources[0]}", or --all.`)
    return { isBundle: true, resources: undefined }
  }
  if (resource !== undefined && names.length > 0) {
    throw usageError('Name the resources either as arguments or, if it is one, with --resource.')
  }
  const [first] = resources
  if (first === undefined) {
    throw usageError(
      'No resource was given: add --resource users, or --all for every resource in one bundle.',
    )
  }
  const isBundle = resources.length > 1 || (output !== undefined && isBundleName(output))
  return isBundle ? { isBundle, resources } : { isBundle, resource: first }
}

/** Refuses options for rows and columns, because a bundle holds whole resources. @throws CommandError */
export function bundleOptions(
  resources: readonly string[] | undefined,
  options: BundleCommandOptions,
  project: Project,
  { stdout }: CommandIo,
): BundleOptions {
  const { format, header, output, filter, fields, sort, limit, delimiter, excel, compression } = options
  const refused = {
    filter,
    fields,
    sort,
    limit,
    delimiter,
    excel,
    compression,
    'no-header': header === false,
  }
  for (const [name, value] of Object.entries(refused)) {
    if (value === undefined || value === false) continue
    throw usageError(`--${name} cannot be used with several resources: a bundle holds whole resources.`)
  }
  if (output === undefined && stdout.isTTY) {
    throw usageError('A bundle is not for the screen; add --output backup.tar.gz.')
  }
  if (output !== undefined && !isBundleName(output)) {
    throw usageError(`A bundle is a .tar.gz file; the name "${output}" must end in .tar.gz or .tgz.`)
  }
  for (const name of resources ?? []) asUsage(() => resourceNamed(project, name))
  return { resources, format }
}
