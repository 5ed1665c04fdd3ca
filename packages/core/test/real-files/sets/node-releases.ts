// Releases of Node (node-releases).
import { defineResource, Type } from '../../../src/index.ts'
import { type DataSet, fileOf, kept } from '../data-set.ts'

interface Release {
  readonly name: string
  readonly version: string
  readonly date: string
  readonly lts: boolean | string
  readonly security: boolean
  readonly v8: string
}

const bytes = () => fileOf('node-releases', 'data/processed/envs.json')

export const nodeReleases: DataSet = {
  teaches:
    'a value that is false or a name ("Argon") is kept as the JSON that it is; versions are text ("0.10.0")',
  table: 'node_releases',
  bytes,
  format: 'json',
  sql: `create table node_releases (version text primary key, name text not null, "date" date not null, lts json not null,
    security boolean not null, v8 text not null)`,
  resource: defineResource('node_releases', {
    table: 'node_releases',
    schema: Type.Object({
      version: Type.String({ pattern: '^[0-9]+\\.[0-9]+\\.[0-9]+' }),
      name: Type.Literal('nodejs'),
      date: Type.String({ format: 'date' }),
      lts: Type.Unknown(),
      security: Type.Boolean(),
      v8: Type.String(),
    }),
  }),
  columns: { version: 'text', name: 'text', date: 'date', lts: 'json', security: 'boolean', v8: 'text' },
  expected: () => {
    const releases: readonly Release[] = JSON.parse(bytes().toString('utf8'))
    return releases.map(({ version, name, date, lts, security, v8 }) =>
      kept({ version, name, date, lts, security, v8 }),
    )
  },
}
