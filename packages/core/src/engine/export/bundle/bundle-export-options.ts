// Options of a bundle: several resources of one moment, in one file.
import { LadingError } from '../../../errors/lading-error.ts'
import type { Storage } from '../../../storage/storage.ts'
import type { Caller } from '../../resource/definition.ts'
import type { FormatName, Resource } from '../../resource/resource-types.ts'
import type { ExportProgress, StreamOptions } from '../exporter-options.ts'

/** Where a bundle keeps the files of its resources until it is packed: an archive tells their sizes first. */
export interface BundleSpool {
  readonly storage: Storage
  /** The key of a file such as `users.ndjson`. */
  keyOf(file: string): string
}

export interface BundleOptions<Known extends Resource = Resource> {
  /** Names of resources. @defaultValue all of the exporter */
  readonly resources?: readonly Known['name'][] | undefined
  /** Of the files in the bundle: `ndjson` or `csv`. @defaultValue `'ndjson'` */
  readonly format?: FormatName<Known, BundleFormat> | undefined
  /** Who asks, for the `scope` of each resource. */
  readonly caller?: Caller | undefined
  /** @defaultValue a folder of the system's temporary one, which is removed in the end */
  readonly spool?: BundleSpool | undefined
  /** Hears the number of rows of all resources, once the last one was printed. As `onRows` of a stream. */
  readonly onRows?: ((rows: number) => unknown) | undefined
  /** Hears how many rows were printed, while none of the bundle can be read yet: its bytes stay 0. */
  readonly onProgress?: ((progress: ExportProgress) => unknown) | undefined
}

export type BundleFormat = 'ndjson' | 'csv'

/** What each file of the bundle is an export of. @throws LadingError `OPTION_INVALID` */
export function readBundleOptions(
  { resources, format = 'ndjson' }: BundleOptions,
  all: readonly string[],
): readonly (StreamOptions & { readonly format: BundleFormat })[] {
  if (format !== 'ndjson' && format !== 'csv') {
    throw new LadingError('OPTION_INVALID', 'The option "format" of a bundle must be one of ndjson, csv.')
  }
  const names = resources ?? all
  if (names.length === 0) {
    throw new LadingError('OPTION_INVALID', 'The option "resources" must name one resource or more.')
  }
  const twice = names.find((name, index) => names.indexOf(name) < index)
  if (twice !== undefined) {
    throw new LadingError('OPTION_INVALID', `The option "resources" names "${twice.slice(0, 100)}" twice.`)
  }
  return names.map(resource => ({ resource, format }))
}
