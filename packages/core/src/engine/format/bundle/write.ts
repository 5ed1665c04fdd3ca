// A manifest and its files → the bytes of a bundle: a tar archive with the manifest first, compressed with gzip.
import { Readable } from 'node:stream'
import { type Header, type Pack, pack } from 'tar-stream'
import { waitForDrain } from '../../../util/drained.ts'
import { gzipStream } from '../text/gzip.ts'
import { type Manifest, manifestName, printManifest } from './manifest.ts'

export interface BundleFile {
  readonly name: string
  /** Bytes. */
  readonly size: number
  open(): Promise<Readable>
}

/** Returns the bundle as a stream. Reading it to its end or destroying it closes any open file. */
export function writeBundle(manifest: Manifest, files: readonly BundleFile[]): Readable {
  const archive = pack()
  archive.on('error', () => undefined)
  fill(archive, manifest, files).catch((error: unknown) =>
    archive.destroy(error instanceof Error ? error : new Error('Not an Error was thrown', { cause: error })),
  )
  return gzipStream(Readable.from(archive as AsyncIterable<Buffer>, { objectMode: false }))
}

async function fill(archive: Pack, manifest: Manifest, files: readonly BundleFile[]): Promise<void> {
  const mtime = new Date(manifest.created_at)
  const text = printManifest(manifest)
  await add(archive, { name: manifestName, size: text.length, mtime }, [text])
  for (const { name, size, open } of files) {
    const content = await open()
    try {
      await add(archive, { name, size, mtime }, content)
    } finally {
      content.destroy()
    }
  }
  archive.finalize()
}

async function add(
  archive: Pack,
  header: Pick<Header, 'name' | 'size' | 'mtime'>,
  chunks: Iterable<Buffer> | AsyncIterable<Buffer>,
): Promise<void> {
  if (archive.destroyed) throw new Error('The reader of the bundle stopped early.')
  const { promise, settle } = deferred()
  const sink = archive.entry({ ...header, mode: 0o600, type: 'file' }, settle)
  sink.on('error', () => undefined)
  for await (const chunk of chunks) {
    if (!sink.write(chunk)) await waitForDrain(sink)
    if (sink.destroyed) break
  }
  sink.end(undefined)
  await promise
}

/** A promise and the callback that settles it. */
function deferred() {
  let settle: (error?: Error | null) => void = () => undefined
  const promise = new Promise<void>((resolve, reject) => {
    settle = error => (error ? reject(error) : resolve())
  })
  // Awaited only after the last chunk; an earlier rejection must not count as unhandled.
  promise.catch(() => undefined)
  return { promise, settle }
}
