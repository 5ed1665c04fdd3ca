// Builds test bundles entry by entry, so that a test can make any part of one invalid.
import { createHash } from 'node:crypto'
import { buffer } from 'node:stream/consumers'
import { type Header, pack } from 'tar-stream'
import type { ManifestEntry } from '../../../../src/engine/format/bundle/manifest.ts'
import { readBundle } from '../../../../src/engine/format/bundle/read.ts'

export const sha256 = (text: string | Buffer) => createHash('sha256').update(text).digest('hex')

export function entry(resource: string, text: string, change: object = {}): ManifestEntry {
  return {
    resource,
    file: `${resource}.ndjson`,
    format: 'ndjson',
    rows: 1,
    bytes: Buffer.byteLength(text),
    sha256: sha256(text),
    fingerprint: '0'.repeat(64),
    fields: [{ name: 'id', type: 'integer' }],
    ...change,
  }
}

export const users = '{"id":1}\n'
export const articles = '{"id":1,"author_id":1}\n'

export function manifest(change: object = {}): object {
  return {
    lading_bundle: 1,
    lading_version: '0.1.0',
    created_at: '2024-01-02T03:04:05Z',
    format: 'ndjson',
    entries: [entry('users', users), entry('articles', articles)],
    ...change,
  }
}

export type TestEntry = readonly [header: (Partial<Header> & Pick<Header, 'name'>) | string, content: string]

/** A tar archive of these entries, in the given order. */
export async function tar(...parts: readonly TestEntry[]): Promise<Buffer> {
  const archive = pack()
  for (const [header, content] of parts) {
    const fields = typeof header === 'string' ? { name: header } : header
    archive.entry({ type: 'file', ...fields }, content)
  }
  archive.finalize()
  return buffer(archive as AsyncIterable<Buffer>)
}

export const plain = (manifestObject: object = manifest()): readonly TestEntry[] => [
  ['manifest.json', JSON.stringify(manifestObject)],
  ['users.ndjson', users],
  ['articles.ndjson', articles],
]

/** Reads a bundle. Returns its manifest and the files that were stored. @throws what `readBundle` throws */
export async function read(
  archive: Buffer,
  { maxBytes, chunk = 1_000 }: { maxBytes?: number; chunk?: number } = {},
) {
  const kept: string[] = []
  async function* chunks() {
    for (let at = 0; at < archive.length; at += chunk) yield archive.subarray(at, at + chunk)
  }
  const found = await readBundle(chunks(), {
    maxBytes,
    checkManifest: () => undefined,
    store: async ({ file }, content) => {
      kept.push(`${file} ${(await buffer(content)).toString()}`)
    },
  })
  return { found, kept }
}
