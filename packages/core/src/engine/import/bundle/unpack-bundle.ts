// A bundle → its files, each stored under its own key, once the whole bundle has been verified.
import { createHash } from 'node:crypto'
import { defaults } from '../../../config/defaults.ts'
import { LadingError } from '../../../errors/lading-error.ts'
import { withClient } from '../../../postgres/pool/checkout.ts'
import type { Storage, StoredObject } from '../../../storage/storage.ts'
import { assertTakesRows } from '../../catalogue/accepts-rows.ts'
import { inReferenceOrder } from '../../catalogue/reference-order.ts'
import type { Target } from '../../catalogue/target.ts'
import type { Manifest, ManifestEntry } from '../../format/bundle/manifest.ts'
import { readBundle } from '../../format/bundle/read.ts'
import type { Caller } from '../../resource/definition.ts'
import { type ByteSource, closeSource, readChunks } from '../../source/chunks.ts'
import type { ImporterInternals } from '../internals.ts'
import { fixedFields } from '../stages/apply-scope-values.ts'
import { scopedTarget } from '../stages/resolve-target.ts'
import { checkManifestEntry } from './bundle-check.ts'
import { checkRestored } from './bundle-restores.ts'

export interface UnpackOptions {
  readonly source: ByteSource
  readonly storage: Storage
  /** The key of a file. */
  readonly keyOf: (entry: ManifestEntry) => string
  /** Maximum size of the bundle in bytes, both as sent and after decompression. @defaultValue no limit */
  readonly maxBytes?: number | undefined
  /** The caller, for the scopes of the resources. */
  readonly caller?: Caller | undefined
  /** Called with the bundle's resources, before a fault reveals anything about one of them. If it throws, unpacking ends. */
  readonly permit?: ((resources: readonly string[]) => Promise<void>) | undefined
  readonly signal?: AbortSignal | undefined
}

export interface UnpackedFile {
  readonly target: Target
  readonly entry: ManifestEntry
  readonly stored: StoredObject
}

export interface UnpackedBundle {
  readonly manifest: Manifest
  /** In the order in which they must be imported. */
  readonly files: readonly UnpackedFile[]
  /** Bytes of the bundle as sent. */
  readonly size: number
  readonly sha256: string
}

/**
 * Unpacks and checks a bundle. If it throws, it leaves nothing in the storage.
 *
 * @throws LadingError `BUNDLE_INVALID`, `BUNDLE_MISMATCH`, `COMPRESSION_INVALID`, `FILE_TOO_LARGE`, `RESOURCE_UNKNOWN`,
 * `OPTION_INVALID` for a reference cycle between resources, and the faults of the database and the storage
 */
export async function unpackBundle(
  { source, storage, keyOf, maxBytes, caller, permit, signal }: UnpackOptions,
  importer: ImporterInternals,
): Promise<UnpackedBundle> {
  const abortController = new AbortController()
  const anySignal =
    signal === undefined ? abortController.signal : AbortSignal.any([abortController.signal, signal])
  const sent = countBytes(readChunks(source, defaults.copyChunkBytes, anySignal), maxBytes)
  const stored = new Map<string, StoredObject>()
  const keys: string[] = []
  let ordered: readonly Target[] = []
  try {
    const manifest = await readBundle(sent.chunks, {
      maxBytes,
      async checkManifest({ entries }) {
        const names = entries.map(({ resource }) => resource)
        for (const name of names) importer.registry.get(name)
        await permit?.(names)
        ordered = inReferenceOrder(await targetsOf(entries, caller, importer))
      },
      async store(entry, content) {
        const key = keyOf(entry)
        keys.push(key)
        stored.set(entry.resource, await storage.put(key, content, { signal: anySignal }))
      },
    })
    const files = ordered.flatMap(target => {
      const { name } = target.resource
      const entry = manifest.entries.find(({ resource }) => resource === name)
      const object = stored.get(name)
      return entry === undefined || object === undefined ? [] : [{ target, entry, stored: object }]
    })
    return { manifest, files, ...sent.facts() }
  } catch (error) {
    for (const key of keys) await storage.delete(key)
    throw error
  } finally {
    abortController.abort()
    closeSource(source)
  }
}

async function targetsOf(
  entries: readonly ManifestEntry[],
  caller: Caller | undefined,
  importer: ImporterInternals,
): Promise<readonly Target[]> {
  const targets = await withClient(importer.pool, async client => {
    const found: Target[] = []
    for (const { resource } of entries) found.push(await scopedTarget(client, resource, { caller }, importer))
    return found
  })
  for (const [index, target] of targets.entries()) {
    const entry = entries[index]
    if (entry === undefined) continue
    assertTakesRows(target)
    checkManifestEntry(target.resource, entry, fixedFields(target))
  }
  checkRestored(targets, entries)
  return targets
}

/** Counts and hashes the bytes as sent, and enforces the limit. */
function countBytes(chunks: AsyncIterable<Buffer>, maxBytes = Number.POSITIVE_INFINITY) {
  const hash = createHash('sha256')
  let size = 0
  async function* read(): AsyncGenerator<Buffer> {
    for await (const chunk of chunks) {
      size += chunk.length
      if (size > maxBytes) {
        throw new LadingError(
          'FILE_TOO_LARGE',
          `The bundle is larger than the ${maxBytes} bytes that are allowed.`,
        )
      }
      hash.update(chunk)
      yield chunk
    }
  }
  return { chunks: read(), facts: () => ({ size, sha256: hash.digest('hex') }) }
}
