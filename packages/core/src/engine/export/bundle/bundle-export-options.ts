// Options of a bundle: several resources in one snapshot and one file.
import { LadingError } from '../../../errors/lading-error.ts'
import type { Storage } from '../../../storage/storage.ts'
import type { Caller } from '../../resource/definition.ts'
import type { FormatName, Resource } from '../../resource/resource-types.ts'
import type { ExportProgress, StreamOptions } from '../exporter-options.ts'

/** Where a bundle stores the files of its resources until it is packed: an archive states their sizes first. */
export interface BundleSpool {
  readonly storage: Storage
  /** The key of a file such as `users.ndjson`. */
  keyOf(file: string): string
}

export interface BundleOptions<Known extends Resource = Resource> {
  /** Names of resources. @defaultValue all resources of the exporter */
  readonly resources?: readonly Known['name'][] | undefined
  /** Format of the files in the bundle: `ndjson` or `csv`. @defaultValue `'ndjson'` */
  readonly format?: FormatName<Known, BundleFormat> | undefined
  /** The caller, for the `scope` of each resource. */
  readonly caller?: Caller | undefined
  /** @defaultValue a folder in the system's temporary folder, removed at the end */
  readonly spool?: BundleSpool | undefined
  /** Called with the number of rows of all resources, after the last one is printed. Like `onRows` of a stream. */
  readonly onRows?: ((rows: number) => unknown) | undefined
  /** Called with the number of rows printed so far. `bytes` stays 0, since the bundle cannot be read yet. */
  readonly onProgress?: ((progress: ExportProgress) => unknown) | undefined
}

export type BundleFormat = 'ndjson' | 'csv'

/** The export of each file in the bundle. @throws LadingError `OPTION_INVALID` */
export function readBundleOptions(
  { resources, format = 'ndjson' }: BundleOptions,
  allNames: readonly string[],
): readonly (StreamOptions & { readonly format: BundleFormat })[] {
  if (format !== 'ndjson' && format !== 'csv') {
    throw new LadingError('OPTION_INVALID', 'The option "format" of a bundle must be one of ndjson, csv.')
  }
  const names = resources ?? allNames
  if (names.length === 0) {
    throw new LadingError('OPTION_INVALID', 'The option "resources" must name one resource or more.')
  }
  const duplicate = names.find((name, index) => names.indexOf(name) < index)
  if (duplicate !== undefined) {
    throw new LadingError(
      'OPTION_INVALID',
      `The option "resources" names "${duplicate.slice(0, 100)}" twice.`,
    )
  }
  return names.map(resource => ({ resource, format }))
}
