// The registry of language subtags (language-subtag-registry).
import { defineResource, Type } from '../../../src/index.ts'
import { type DataSet, fileOf, kept } from '../data-set.ts'

type Entry = Readonly<Record<string, unknown>>

const bytes = () => fileOf('language-subtag-registry', 'data/json/registry.json')
const names = [
  'Type',
  'Subtag',
  'Tag',
  'Description',
  'Added',
  'Suppress-Script',
  'Scope',
  'Macrolanguage',
  'Comments',
  'Deprecated',
  'Preferred-Value',
  'Prefix',
]

export const subtags: DataSet = {
  teaches:
    'keys with hyphens and capitals, lists of text with commas and quotes in them, and a key whose parts may be absent',
  table: 'subtags',
  bytes,
  format: 'json',
  sql: `create table subtags ("Type" text not null, "Subtag" text, "Tag" text, "Description" text[] not null, "Added" date not null,
    "Suppress-Script" char(4), "Scope" text, "Macrolanguage" text, "Comments" text[], "Deprecated" date,
    "Preferred-Value" text, "Prefix" text[], unique ("Type", "Subtag"), unique ("Tag"))`,
  resource: defineResource('subtags', {
    table: 'subtags',
    schema: Type.Object({
      Type: Type.String(),
      Subtag: Type.Optional(Type.String()),
      Tag: Type.Optional(Type.String()),
      Description: Type.Array(Type.String(), { minItems: 1 }),
      Added: Type.String({ format: 'date' }),
      'Suppress-Script': Type.Optional(Type.String({ maxLength: 4 })),
      Scope: Type.Optional(Type.String()),
      Macrolanguage: Type.Optional(Type.String()),
      Comments: Type.Optional(Type.Array(Type.String())),
      Deprecated: Type.Optional(Type.String({ format: 'date' })),
      'Preferred-Value': Type.Optional(Type.String()),
      Prefix: Type.Optional(Type.Array(Type.String())),
    }),
    key: [{ fields: ['Type', 'Subtag'] }, { fields: ['Tag'] }],
  }),
  columns: {
    Type: 'text',
    Subtag: 'text',
    Tag: 'text',
    Description: 'text[]',
    Added: 'date',
    'Suppress-Script': 'text',
    Scope: 'text',
    Macrolanguage: 'text',
    Comments: 'text[]',
    Deprecated: 'date',
    'Preferred-Value': 'text',
    Prefix: 'text[]',
  },
  expected: () => {
    const entries: readonly Entry[] = JSON.parse(bytes().toString('utf8'))
    return entries.map(entry => kept(Object.fromEntries(names.map(name => [name, entry[name] ?? null]))))
  },
}
