// Who meets whom in Les Misérables (@observablehq/sample-datasets): one document, imported as two files.
import { defineResource, Type } from '../../../src/index.ts'
import { type DataSet, fileOf, kept, rejected } from '../data-set.ts'
import { ndjsonOf } from '../readers.ts'

interface Novel {
  readonly nodes: readonly { readonly id: string; readonly group: number }[]
  readonly links: readonly { readonly source: string; readonly target: string; readonly value: number }[]
}

const novel = (): Novel =>
  JSON.parse(fileOf('@observablehq/sample-datasets', 'miserables.json').toString('utf8'))

/** Left out, so that some links lead nowhere. */
const nobody = 'Napoleon'

export const characters: DataSet = {
  teaches: 'names with dots and spaces are keys, and a table may be called "user"',
  table: 'user',
  bytes: () => ndjsonOf(novel().nodes.filter(({ id }) => id !== nobody)),
  format: 'ndjson',
  sql: 'create table "user" (id text primary key, "group" int not null)',
  resource: defineResource('user', {
    table: 'user',
    schema: Type.Object({ id: Type.String(), group: Type.Integer() }),
  }),
  columns: { id: 'text', group: 'int' },
  expected: () =>
    novel()
      .nodes.filter(({ id }) => id !== nobody)
      .map(({ id, group }) => kept({ id, group })),
}

export const encounters: DataSet = {
  teaches: 'two references to one table, by a key of text; a missing character rejects the links to it',
  table: 'encounters',
  bytes: () => ndjsonOf(novel().links),
  format: 'ndjson',
  before: characters,
  sql: `create table encounters (source text references "user", target text references "user", value smallint not null,
    primary key (source, target))`,
  resource: defineResource('encounters', {
    table: 'encounters',
    schema: Type.Object({
      source: Type.String(),
      target: Type.String(),
      value: Type.Integer({ minimum: 1 }),
    }),
    references: { source: { table: 'user' }, target: { table: 'user' } },
  }),
  columns: { source: 'text', target: 'text', value: 'int' },
  expected: () =>
    novel().links.map(({ source, target, value }) => {
      const errors = [
        ...(source === nobody ? ['source SOURCE_NOT_FOUND'] : []),
        ...(target === nobody ? ['target TARGET_NOT_FOUND'] : []),
      ]
      return errors.length > 0 ? rejected(...errors) : kept({ source, target, value })
    }),
}
