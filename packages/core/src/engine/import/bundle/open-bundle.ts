// A bundle → its files, checked and ready to import one by one, for a program without jobs.
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
  /** Maximum size of the bundle in bytes, both as sent and after decompression. @defaultValue no limit */
  readonly maxBytes?: number | undefined
  /** The caller, for the scopes of the resources. */
  readonly caller?: Caller | undefined
  readonly signal?: AbortSignal | undefined
}

export interface BundleEntry {
  readonly resource: string
  readonly format: string
  readonly rows: number
  /** Bytes. */
  readonly size: number
  /** Each call returns an independent stream. */
  open(): Promise<Readable>
}

export interface OpenBundle {
  /** The time of the snapshot, in RFC 3339. */
  readonly createdAt: string
  /** In the order in which they must be imported. */
  readonly entries: readonly BundleEntry[]
  /** Removes the unpacked files. */
  close(): Promise<void>
}

/** @throws LadingError as `unpackBundle` does, after it has removed all files */
export async function openBundle(
  { source, maxBytes, caller, signal }: OpenBundleOptions,
  importer: ImporterInternals,
): Promise<OpenBundle> {
  const folder = await mkdtemp(join(tmpdir(), 'lading-bundle-'))
  const storage = fileStorage(folder)
  const close = () => rm(folder, { recursive: true, force: true })
  try {
    const options = {
      source,
      storage,
      keyOf: ({ file }: { file: string }) => file,
      maxBytes,
      caller,
      signal,
    }
    const { manifest, files } = await unpackBundle(options, importer)
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
