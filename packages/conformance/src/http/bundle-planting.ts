// What the cases about imports of bundles work with: bundles of rows that are nowhere else, and ways to send them.
import { randomUUID } from 'node:crypto'
import { type ArchivedResource, type ArchiveEntry, bundleArchive } from './bundle-archive.ts'
import { boundary, formBody, type HttpHarness, sendForm, sendRaw } from './harness.ts'

export const userFields = { id: 'uuid', email: 'text', name: 'text', role: 'text', active: 'boolean' }
const articleFields = {
  id: 'uuid',
  slug: 'text',
  title: 'text',
  content: 'text',
  author_id: 'uuid',
  status: 'text',
}

export interface Planted {
  readonly word: string
  readonly users: ArchivedResource
  readonly articles: ArchivedResource
}

/** Two authors and an article of each. */
export function planted(): Planted {
  const word = randomUUID()
  const ids = [randomUUID(), randomUUID()]
  const lines = (records: readonly object[]) => records.map(record => `${JSON.stringify(record)}\n`).join('')
  const users = ids.map((id, n) => ({
    id,
    email: `${n}${word}@example.org`,
    name: word,
    role: 'author',
    active: true,
  }))
  const articles = ids.map((author_id, n) => ({
    id: randomUUID(),
    slug: `${word}-${n}`,
    title: word,
    content: 'c',
    author_id,
    status: 'draft',
  }))
  return {
    word,
    users: { resource: 'users', content: lines(users), fields: userFields },
    articles: { resource: 'articles', content: lines(articles), fields: articleFields },
  }
}

/** Those that refer come first in it, so that the order cannot be that of the archive. */
export const bundleOf = ({ users, articles }: Planted, ...more: readonly ArchiveEntry[]) =>
  bundleArchive([articles, users], ...more)

export const sendBundle = (
  harness: HttpHarness,
  bundle: Buffer,
  query = '',
  headers: Readonly<Record<string, string>> = {},
  type = 'application/gzip',
) => sendRaw(harness, query, bundle, type, headers)

type Parts = Parameters<typeof formBody>[0]

export function form(harness: HttpHarness, ...parts: Parts): Promise<Response> {
  return sendForm(harness, Buffer.from(formBody(parts), 'latin1'))
}

export function formWith(
  harness: HttpHarness,
  headers: Readonly<Record<string, string>>,
  ...parts: Parts
): Promise<Response> {
  return fetch(`${harness.base}/v1/imports`, {
    method: 'POST',
    headers: { 'content-type': `multipart/form-data; boundary=${boundary}`, ...headers },
    body: Buffer.from(formBody(parts), 'latin1'),
  })
}
