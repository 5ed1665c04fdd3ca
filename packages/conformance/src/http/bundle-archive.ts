// Bundles for the suites: made by hand, and looked into, without the code that makes and reads them.
import { createHash } from 'node:crypto'
import { buffer, text } from 'node:stream/consumers'
import { gunzipSync, gzipSync } from 'node:zlib'
import { extract, pack } from 'tar-stream'

export interface ArchivedResource {
  readonly resource: string
  /** NDJSON. */
  readonly content: string
  readonly fields: Readonly<Record<string, string>>
  /** In place of what the manifest would say of it. */
  readonly stated?: object
}

export type ArchiveEntry = readonly [name: string, content: string]

/** A bundle of these files, and of any other entries. */
export function bundleArchive(
  resources: readonly ArchivedResource[],
  ...more: readonly ArchiveEntry[]
): Promise<Buffer> {
  const entries = resources.map(({ resource, content, fields, stated }) => ({
    resource,
    file: `${resource}.ndjson`,
    format: 'ndjson',
    rows: content.split('\n').length - 1,
    bytes: Buffer.byteLength(content),
    sha256: createHash('sha256').update(content).digest('hex'),
    fingerprint: '0'.repeat(64),
    fields: Object.entries(fields).map(([name, type]) => ({ name, type })),
    ...stated,
  }))
  const manifest = {
    lading_bundle: 1,
    lading_version: '0.0.0',
    created_at: '2024-01-02T03:04:05.000Z',
    format: 'ndjson',
    entries,
  }
  const files = resources.map(({ resource, content }) => [`${resource}.ndjson`, content] as const)
  return archive([['manifest.json', JSON.stringify(manifest)], ...files, ...more])
}

async function archive(entries: readonly ArchiveEntry[]): Promise<Buffer> {
  const tar = pack()
  for (const [name, content] of entries) tar.entry({ name }, content)
  tar.finalize()
  return gzipSync(await buffer(tar as AsyncIterable<Buffer>))
}

/** The entries of an archive, in their order. */
export async function entriesOf(bytes: Buffer): Promise<readonly ArchiveEntry[]> {
  const tar = extract()
  const entries: ArchiveEntry[] = []
  const reading = (async () => {
    for await (const entry of tar)
      entries.push([entry.header.name, await text(entry as AsyncIterable<Buffer>)])
  })()
  tar.end(gunzipSync(bytes))
  await reading
  return entries
}
