// The bytes of a bundle → its manifest and its files, each checked against the manifest.
import { createHash, type Hash } from 'node:crypto'
import { type Extract, extract, type Header } from 'tar-stream'
import { LadingError } from '../../../errors/lading-error.ts'
import { waitForDrain } from '../../../util/drained.ts'
import { isGzip } from '../detect/magic.ts'
import { inflate } from '../text/gunzip.ts'
import {
  invalidBundle,
  type Manifest,
  type ManifestEntry,
  manifestName,
  maxManifestBytes,
  parseManifest,
} from './manifest.ts'

export interface ReadBundleOptions {
  /** Maximum size of the decompressed archive in bytes. @defaultValue no limit */
  readonly maxBytes?: number | undefined
  /** Checks the manifest before any file is read. If it throws, reading stops with that error. */
  readonly checkManifest: (manifest: Manifest) => void | Promise<void>
  /** Stores a file and must read it to its end. The stored files are valid only if `readBundle` resolves. */
  readonly store: (entry: ManifestEntry, content: AsyncIterable<Buffer>) => Promise<void>
}

/**
 * Reads a bundle. The archive must contain the manifest first, then each file that it names exactly once, and nothing
 * else. No name in it is ever used as a path.
 *
 * @throws LadingError `BUNDLE_INVALID`, `COMPRESSION_INVALID`, `FILE_TOO_LARGE`, and any error of the source, `check`
 * or `keep`
 */
export async function readBundle(
  chunks: AsyncIterable<Buffer>,
  { maxBytes = Number.POSITIVE_INFINITY, checkManifest, store }: ReadBundleOptions,
): Promise<Manifest> {
  const archive = extract()
  archive.on('error', () => undefined)
  const feeding = feed(limitBytes(inflate(assertGzip(chunks)), maxBytes), archive)
  let manifest: Manifest | undefined
  const missing = new Map<string, ManifestEntry>()
  for await (const entry of withSourceError(archive, feeding)) {
    const { name, size } = plainFile(entry.header)
    const content = withSourceError(entry as AsyncIterable<Buffer>, feeding)
    if (manifest === undefined) {
      manifest = await readManifest(content, name, size)
      await checkManifest(manifest)
      for (const one of manifest.entries) missing.set(one.file, one)
      continue
    }
    const expected = missing.get(name)
    if (expected === undefined) throw unexpectedEntry(name, manifest)
    missing.delete(name)
    await storeVerified(expected, size, content, store)
  }
  await feeding.done
  if (manifest === undefined) throw invalidBundle('it is empty')
  const [absent] = missing.keys()
  if (absent !== undefined)
    throw invalidBundle(`"${absent}" is missing, although its ${manifestName} names it`)
  return manifest
}

interface Feeding {
  /** Resolves once the archive has taken all bytes or was destroyed. Not awaited after an error: the source may stall. */
  readonly done: Promise<void>
  /** Error of the source, if it failed. */
  readonly failure: () => unknown
}

function feed(chunks: AsyncIterable<Buffer>, archive: Extract): Feeding {
  let failure: unknown
  const work = async () => {
    try {
      for await (const chunk of chunks) {
        if (!archive.write(chunk)) await waitForDrain(archive)
        if (archive.destroyed) return
      }
      archive.end(undefined)
    } catch (error) {
      failure = error
      archive.destroy(error instanceof Error ? error : new Error('Not an Error was thrown', { cause: error }))
    }
  }
  return { done: work(), failure: () => failure }
}

/** Yields the items of the archive. On failure, throws the error of the source, or else that this is not an archive. */
async function* withSourceError<Item>(
  items: AsyncIterable<Item>,
  { failure }: Feeding,
): AsyncGenerator<Item> {
  try {
    yield* items
  } catch (error) {
    throw failure() ?? invalidBundle('it is not a tar archive, or it is truncated', error)
  }
  if (failure() !== undefined) throw failure()
}

async function* assertGzip(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let start: Buffer | undefined = Buffer.alloc(0)
  for await (const chunk of chunks) {
    if (start === undefined) {
      yield chunk
      continue
    }
    start = Buffer.concat([start, chunk])
    if (start.length < 2) continue
    if (!isGzip(start)) throw invalidBundle('it is not gzip data; a bundle is a .tar.gz file')
    yield start
    start = undefined
  }
  if (start !== undefined) throw invalidBundle('it is empty')
}

async function* limitBytes(chunks: AsyncIterable<Buffer>, maxBytes: number): AsyncGenerator<Buffer> {
  let size = 0
  for await (const chunk of chunks) {
    size += chunk.length
    if (size > maxBytes) {
      throw new LadingError(
        'FILE_TOO_LARGE',
        `The bundle has more than ${maxBytes} bytes when decompressed; import its resources one by one.`,
      )
    }
    yield chunk
  }
}

/** Rejects links, directories, devices, and any name that could be a path. */
function plainFile({ name, type, size }: Header): { name: string; size: number } {
  if (type !== 'file')
    throw invalidBundle(
      `its entry "${shorten(name)}" is ${type ? `a ${type}` : 'of an unknown type'}, not a file`,
    )
  if (!/^[a-z][a-z0-9_-]*\.[a-z]+$/.test(name)) {
    throw invalidBundle(`its entry "${shorten(name)}" has a name that a bundle cannot contain`)
  }
  return { name, size }
}

async function readManifest(content: AsyncIterable<Buffer>, name: string, size: number): Promise<Manifest> {
  if (name !== manifestName)
    throw invalidBundle(`it begins with "${shorten(name)}" instead of ${manifestName}`)
  if (size > maxManifestBytes)
    throw invalidBundle(`its ${manifestName} has more than ${maxManifestBytes} bytes`)
  const parts: Buffer[] = []
  for await (const chunk of content) parts.push(chunk)
  return parseManifest(Buffer.concat(parts))
}

function unexpectedEntry(name: string, { entries }: Manifest): LadingError {
  const isTwice = name === manifestName || entries.some(({ file }) => file === name)
  return invalidBundle(
    isTwice ? `it contains "${shorten(name)}" twice` : `"${shorten(name)}" is not in its ${manifestName}`,
  )
}

async function storeVerified(
  expected: ManifestEntry,
  size: number,
  content: AsyncIterable<Buffer>,
  keep: ReadBundleOptions['store'],
): Promise<void> {
  const { file, bytes, sha256 } = expected
  if (size !== bytes)
    throw invalidBundle(`"${file}" has ${size} bytes, but its ${manifestName} says ${bytes}`)
  const hash = createHash('sha256')
  await keep(expected, updateHash(content, hash))
  if (hash.digest('hex') !== sha256) {
    throw invalidBundle(
      `"${file}" is not what was exported: its SHA-256 differs from the one in ${manifestName}`,
    )
  }
}

async function* updateHash(chunks: AsyncIterable<Buffer>, hash: Hash): AsyncGenerator<Buffer> {
  for await (const chunk of chunks) {
    hash.update(chunk)
    yield chunk
  }
}

function shorten(name: string): string {
  return name.slice(0, 100)
}
