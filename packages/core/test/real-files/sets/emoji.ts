// Emoji of Unicode (unicode-emoji-json): one record each, and one for each group.
import { gzipSync } from 'node:zlib'
import { defineResource, Type } from '../../../src/index.ts'
import { type DataSet, fileOf, kept } from '../data-set.ts'
import { ndjsonOf } from '../readers.ts'

interface Emoji {
  readonly emoji: string
  readonly skin_tone_support: boolean
  readonly skin_tone_support_unicode_version?: string
  readonly name: string
  readonly slug: string
  readonly unicode_version: string
  readonly emoji_version: string
}

interface Group {
  readonly name: string
  readonly slug: string
  readonly emojis: readonly Emoji[]
}

const file = () => fileOf('unicode-emoji-json', 'data-by-group.json')
const groups = (): readonly Group[] => JSON.parse(file().toString('utf8'))
const all = () => groups().flatMap(({ emojis }) => emojis)

export const emoji: DataSet = {
  teaches:
    'NDJSON in gzip, with characters of several code points, joiners and selectors in the key, and keys that are sometimes absent',
  table: 'emoji',
  bytes: () => gzipSync(ndjsonOf(all())),
  format: 'ndjson',
  settings: { compression: 'gzip' },
  sql: `create table emoji (emoji text primary key, skin_tone_support boolean not null, since numeric, name text not null,
    slug text not null unique, unicode_version text not null, emoji_version numeric not null)`,
  resource: defineResource('emoji', {
    table: 'emoji',
    schema: Type.Object({
      emoji: Type.String({ maxLength: 10 }),
      skin_tone_support: Type.Boolean(),
      skin_tone_support_unicode_version: Type.Optional(Type.String({ format: 'decimal' })),
      name: Type.String(),
      slug: Type.String({ pattern: '^[a-z0-9_]+$' }),
      unicode_version: Type.String(),
      emoji_version: Type.String({ format: 'decimal' }),
    }),
    fields: { skin_tone_support_unicode_version: { column: 'since' } },
    key: ['slug'],
  }),
  columns: {
    emoji: 'text',
    skin_tone_support: 'boolean',
    skin_tone_support_unicode_version: { kind: 'numeric', column: 'since' },
    name: 'text',
    slug: 'text',
    unicode_version: 'text',
    emoji_version: 'numeric',
  },
  expected: () =>
    all().map(one =>
      kept({
        emoji: one.emoji,
        skin_tone_support: one.skin_tone_support,
        skin_tone_support_unicode_version: one.skin_tone_support_unicode_version ?? null,
        name: one.name,
        slug: one.slug,
        unicode_version: one.unicode_version,
        emoji_version: one.emoji_version,
      }),
    ),
}

export const emojiGroups: DataSet = {
  teaches: 'a JSON array of nine records, the longest of 98 KB, whose lists of objects become jsonb',
  table: 'emoji_groups',
  bytes: file,
  format: 'json',
  sql: 'create table emoji_groups (slug text primary key, name text not null, emojis jsonb not null)',
  resource: defineResource('emoji_groups', {
    table: 'emoji_groups',
    schema: Type.Object({ slug: Type.String(), name: Type.String(), emojis: Type.Unknown() }),
  }),
  columns: { slug: 'text', name: 'text', emojis: 'json' },
  expected: () => groups().map(({ slug, name, emojis }) => kept({ slug, name, emojis })),
}
