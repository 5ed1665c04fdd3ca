// Media types (mime-db): an object of objects, imported as one record each.
import { defineResource, Type } from '../../../src/index.ts'
import { type DataSet, fileOf, kept } from '../data-set.ts'
import { ndjsonOf } from '../readers.ts'

interface MediaType {
  readonly source?: string
  readonly charset?: string
  readonly compressible?: boolean
  readonly extensions?: readonly string[]
}

const all = () => {
  const types: Readonly<Record<string, MediaType>> = JSON.parse(fileOf('mime-db', 'db.json').toString('utf8'))
  return Object.entries(types).map(([type, facts]) => ({ type, ...facts }))
}

export const mediaTypes: DataSet = {
  teaches: 'records with different keys: what is absent is the default of its column, not null',
  table: 'media_types',
  bytes: () => ndjsonOf(all()),
  format: 'ndjson',
  sql: `create table media_types (type text primary key, source text default 'nobody', charset text,
    compressible boolean not null default false, extensions text[] not null default '{}')`,
  resource: defineResource('media_types', {
    table: 'media_types',
    schema: Type.Object({
      type: Type.String(),
      source: Type.Optional(
        Type.Union([
          Type.Literal('iana'),
          Type.Literal('apache'),
          Type.Literal('nginx'),
          Type.Literal('nobody'),
        ]),
      ),
      charset: Type.Optional(Type.String()),
      compressible: Type.Optional(Type.Boolean()),
      extensions: Type.Optional(Type.Array(Type.String(), { uniqueItems: true })),
    }),
  }),
  columns: { type: 'text', source: 'text', charset: 'text', compressible: 'boolean', extensions: 'text[]' },
  expected: () =>
    all().map(({ type, source = 'nobody', charset = null, compressible = false, extensions = [] }) =>
      kept({ type, source, charset, compressible, extensions }),
    ),
}
