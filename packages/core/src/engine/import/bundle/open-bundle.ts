// A bundle → its files, checked and ready to be imported one after the other, for a program without jobs.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { fileStorage } from '../../../storage/file/file-storage.ts'
import type { Caller } from '../../resource/definition.ts'
import type { ByteSource } from '../../source/chunks.ts'
import type { ImporterInternals } from '../internals.ts'
import { unpackBundle } from './unpack-bundle.ts'

export interface OpenBundleOptions {
  readonly source: ByteSource
  /** Bytes of the bundle, as it is sent and as it is when it is no longer compressed. @defaultValue no limit */
  readonly maxBytes?: number | undefined
  /** Who asks, for the scopes of the resources. */
  readonly caller?: Caller | undefined
  readonly signal?: AbortSignal | undefined
}

export interface BundleEntry {
  readonly resource: string
  readonly format: string
  readonly rows: number
  /** Bytes. */
  readonly size: number
  /** Twice: two independent streams. */
  open(): Promise<Readable>
}

export interface OpenBundle {
  /** The moment that all of it shows, in RFC 3339. */
  readonly createdAt: string
  /** In the order in which they have to be imported. */
  readonly entries: readonly BundleEntry[]
  /** Removes what was unpacked. */
  close(): Promise<void>
}

/** @throws LadingError as `unpackBundle` does; nothing is left then */
export async function openBundle(
  { source, maxBytes, caller, signal }: OpenBundleOptions,
  importer: ImporterInternals,
): Promise<OpenBundle> {
  const folder = await mkdtemp(join(tmpdir(), 'lading-bundle-'))
  const storage = fileStorage(folder)
  const close = () => rm(folder, { recursive: true, force: true })
  try {
    const unpacking = {
      source,
      storage,
      keyOf: ({ file }: { file: string }) => file,
      maxBytes,
      caller,
      signal,
    }
    const { manifest, files } = await unpackBundle(unpacking, importer)
    const entries = files.map(({ entry: { resource, format, rows }, stored: { key, size } }) => ({
      resource,
      format,
      rows,
      size,
      open: () => storage.get(key),
    }))
    return { createdAt: manifest.created_at, entries, close }
  } catch (error) {
    await close()
    throw error
  }
}
