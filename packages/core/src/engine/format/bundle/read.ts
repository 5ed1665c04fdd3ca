// The bytes of a bundle → its manifest, and each of its files once it has proved to be what the manifest says.
import { createHash, type Hash } from 'node:crypto'
import { type Extract, extract, type Header } from 'tar-stream'
import { LadingError } from '../../../errors/lading-error.ts'
import { drained } from '../../../util/drained.ts'
import { isGzip } from '../detect/magic.ts'
import { inflate } from '../text/gunzip.ts'
import {
  broken,
  type Manifest,
  type ManifestEntry,
  manifestName,
  maxManifestBytes,
  parseManifest,
} from './manifest.ts'

export interface ReadBundleOptions {
  /** Bytes of the archive when it is no longer compressed. @defaultValue no limit */
  readonly maxBytes?: number | undefined
  /** Looks at the manifest before any file is read; what it throws ends the reading. */
  readonly check: (manifest: Manifest) => void | Promise<void>
  /** Keeps a file, which must be read to its end. What it keeps is good only if `readBundle` resolves. */
  readonly keep: (entry: ManifestEntry, content: AsyncIterable<Buffer>) => Promise<void>
}

/**
 * The archive must hold the manifest first, and then each file that it names once and nothing else. Nothing in it is
 * ever taken for a path.
 *
 * @throws LadingError `BUNDLE_INVALID`, `COMPRESSION_INVALID`, `FILE_TOO_LARGE`, and whatever the source, `check` and
 * `keep` throw
 */
export async function readBundle(
  chunks: AsyncIterable<Buffer>,
  { maxBytes = Number.POSITIVE_INFINITY, check, keep }: ReadBundleOptions,
): Promise<Manifest> {
  const archive = extract()
  archive.on('error', () => undefined)
  const feeding = feed(atMost(inflate(compressed(chunks)), maxBytes), archive)
  let manifest: Manifest | undefined
  const missing = new Map<string, ManifestEntry>()
  for await (const entry of readable(archive, feeding)) {
    const { name, size } = plainFile(entry.header)
    const content = readable(entry as AsyncIterable<Buffer>, feeding)
    if (manifest === undefined) {
      manifest = await manifestOf(content, name, size)
      await check(manifest)
      for (const one of manifest.entries) missing.set(one.file, one)
      continue
    }
    const announced = missing.get(name)
    if (announced === undefined) throw surplus(name, manifest)
    missing.delete(name)
    await keepWhole(announced, size, content, keep)
  }
  await feeding.done
  if (manifest === undefined) throw broken('it is empty')
  const [absent] = missing.keys()
  if (absent !== undefined) throw broken(`"${absent}" is missing, which its ${manifestName} names`)
  return manifest
}

interface Feeding {
  /** When the archive has taken all bytes, or wants no more. Not awaited where it breaks: the source may be silent. */
  readonly done: Promise<void>
  /** What the bytes broke with. */
  readonly failure: () => unknown
}

function feed(chunks: AsyncIterable<Buffer>, archive: Extract): Feeding {
  let failure: unknown
  const work = async () => {
    try {
      for await (const chunk of chunks) {
        if (!archive.write(chunk)) await drained(archive)
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

/** What the archive yields, or why it does not: what broke the bytes, else that they are no archive. */
async function* readable<Part>(parts: AsyncIterable<Part>, { failure }: Feeding): AsyncGenerator<Part> {
  try {
    yield* parts
  } catch (error) {
    throw failure() ?? broken('it is no tar archive, or is cut off', error)
  }
  if (failure() !== undefined) throw failure()
}

async function* compressed(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let start: Buffer | undefined = Buffer.alloc(0)
  for await (const chunk of chunks) {
    if (start === undefined) {
      yield chunk
      continue
    }
    start = Buffer.concat([start, chunk])
    if (start.length < 2) continue
    if (!isGzip(start)) throw broken('it is no gzip data; a bundle is a .tar.gz file')
    yield start
    start = undefined
  }
  if (start !== undefined) throw broken('it is empty')
}

async function* atMost(chunks: AsyncIterable<Buffer>, maxBytes: number): AsyncGenerator<Buffer> {
  let size = 0
  for await (const chunk of chunks) {
    size += chunk.length
    if (size > maxBytes) {
      throw new LadingError(
        'FILE_TOO_LARGE',
        `The bundle has more than ${maxBytes} bytes when it is no longer compressed; import its resources one by one.`,
      )
    }
    yield chunk
  }
}

/** Links, folders and devices have no place in a bundle, and neither has a name that leads anywhere. */
function plainFile({ name, type, size }: Header): { name: string; size: number } {
  if (type !== 'file') throw broken(`"${shown(name)}" in it is a ${type ?? 'strange entry'}, not a file`)
  if (!/^[a-z][a-z0-9_-]*\.[a-z]+$/.test(name)) {
    throw broken(`"${shown(name)}" in it is no name that a bundle has`)
  }
  return { name, size }
}

async function manifestOf(content: AsyncIterable<Buffer>, name: string, size: number): Promise<Manifest> {
  if (name !== manifestName) throw broken(`it begins with "${shown(name)}" and not with ${manifestName}`)
  if (size > maxManifestBytes) throw broken(`its ${manifestName} has more than ${maxManifestBytes} bytes`)
  const parts: Buffer[] = []
  for await (const chunk of content) parts.push(chunk)
  return parseManifest(Buffer.concat(parts))
}

function surplus(name: string, { entries }: Manifest): LadingError {
  const isTwice = name === manifestName || entries.some(({ file }) => file === name)
  return broken(
    isTwice ? `it holds "${shown(name)}" twice` : `"${shown(name)}" is not in its ${manifestName}`,
  )
}

async function keepWhole(
  announced: ManifestEntry,
  size: number,
  content: AsyncIterable<Buffer>,
  keep: ReadBundleOptions['keep'],
): Promise<void> {
  const { file, bytes, sha256 } = announced
  if (size !== bytes) throw broken(`"${file}" has ${size} bytes, and its ${manifestName} says ${bytes}`)
  const hash = createHash('sha256')
  await keep(announced, hashed(content, hash))
  if (hash.digest('hex') !== sha256) {
    throw broken(`"${file}" is not what was exported: its SHA-256 is another one than in its ${manifestName}`)
  }
}

async function* hashed(chunks: AsyncIterable<Buffer>, hash: Hash): AsyncGenerator<Buffer> {
  for await (const chunk of chunks) {
    hash.update(chunk)
    yield chunk
  }
}

function shown(name: string): string {
  return name.slice(0, 100)
}
