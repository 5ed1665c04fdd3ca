// What the tests of bundles share: rows of all three reference resources, and a look into an archive.
import { buffer, text } from 'node:stream/consumers'
import { gunzipSync } from 'node:zlib'
import type pg from 'pg'
import { extract } from 'tar-stream'
import { rowsOf } from './support.ts'

export const tables = ['users', 'articles', 'comments'] as const

/** So many of each, with what is hard to carry: quotes, line ends, empty lists, microseconds, old and far years. */
export async function plantRows(pool: pg.Pool, count: number): Promise<void> {
  await pool.query(
    `insert into users (id, email, name, role, active, created_at, updated_at)
     select ('00000000-0000-4000-8000-' || lpad(to_hex(n), 12, '0'))::uuid, n || '@example.org',
       (array['Zoë "Z" O''Neil', 'a,b;c', E'two\\nlines', E'tab\\there \\\\ back', '𝒳 漢字', '  spaces  '])[1 + n % 6],
       (array['admin', 'author', 'reader'])[1 + n % 3], n % 2 = 0,
       (array['0001-01-01T00:00:00.000001Z', '2024-02-29T23:59:59.123456Z', '9999-12-31T23:59:59.999999Z'])[1 + n % 3]::timestamptz,
       '2024-01-01T00:00:00Z'::timestamptz + n * interval '1 microsecond'
     from generate_series(1, $1::int) n`,
    [count],
  )
  await pool.query(
    `insert into articles (id, slug, title, content, author_id, tags, status, published_at, created_at, updated_at)
     select ('00000000-0000-4000-9000-' || lpad(to_hex(n), 12, '0'))::uuid, 'slug-' || n, 'Title ' || n,
       (array['-', '=1+1', E'a\\r\\nb', 'null'])[1 + n % 4],
       ('00000000-0000-4000-8000-' || lpad(to_hex(1 + n % $1::int), 12, '0'))::uuid,
       (array[null, '{}', '{a,"b,c","d\\"e",""}'])[1 + n % 3]::text[], 'draft', null,
       '2024-01-01T00:00:00.5Z', '2024-01-01T00:00:00Z'
     from generate_series(1, $1::int) n`,
    [count],
  )
  await pool.query(
    `insert into comments (id, article_id, user_id, body, created_at)
     select ('00000000-0000-4000-a000-' || lpad(to_hex(n), 12, '0'))::uuid,
       ('00000000-0000-4000-9000-' || lpad(to_hex(1 + n % $1::int), 12, '0'))::uuid,
       ('00000000-0000-4000-8000-' || lpad(to_hex(1 + n % $1::int), 12, '0'))::uuid,
       'Comment ' || n || E'\\n"quoted"', '2024-01-01T00:00:00Z'
     from generate_series(1, $1::int) n`,
    [count],
  )
}

export async function allRows(pool: pg.Pool): Promise<Readonly<Record<string, readonly string[]>>> {
  const rows: Record<string, readonly string[]> = {}
  for (const table of tables) rows[table] = await rowsOf(pool, table)
  return rows
}

/** The entries of a bundle as name and text, in their order. */
export async function entriesOf(
  bundle: Buffer,
): Promise<readonly (readonly [name: string, content: string])[]> {
  const archive = extract()
  const entries: [string, string][] = []
  const reading = (async () => {
    for await (const entry of archive)
      entries.push([entry.header.name, await text(entry as AsyncIterable<Buffer>)])
  })()
  archive.end(gunzipSync(bundle))
  await reading
  return entries
}

export { buffer }
