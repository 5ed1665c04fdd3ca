// A table of every type, its rows as `filters-kinds.ts` writes them, and a judge of filters.
import { defineResource, Type } from '../src/index.ts'
import { type Cell, type KindColumn, kinds, moods } from './filters-kinds.ts'

const optional = (schema: KindColumn['schema']) => Type.Optional(Type.Union([schema, Type.Null()]))

export const kindsResource = defineResource('kinds', {
  table: 'kinds',
  schema: Type.Object({
    id: Type.Integer(),
    ...Object.fromEntries(kinds.map(({ name, schema }) => [name, optional(schema)])),
  }),
})

const literal = (value: string) => `E'${value.replaceAll('\\', '\\\\').replaceAll("'", "''")}'`

/** Eight rows, with the ids 1 to 8. */
export const kindsSql = [
  `create type mood as enum (${moods.map(literal).join(', ')})`,
  `create table kinds (id int primary key, ${kinds.map(({ name, type }) => `${name} ${type}`).join(', ')})`,
  ...[0, 1, 2, 3, 4, 5, 6, 7].map(row => {
    const cells = kinds.map(({ cells, type, write }) => {
      const cell = cells[row] ?? null
      if (cell === null) return 'null'
      return write ? write(literal(cell)) : `${literal(cell)}::${type.replace(/ collate.*/, '')}`
    })
    return `insert into kinds values (${row + 1}, ${cells.join(', ')})`
  }),
].join(';\n')

/** The ids of the rows whose value passes; rows without a value never do, unless that is what is asked. */
export function idsWhere({ cells }: KindColumn, passes: (cell: Cell) => boolean): readonly number[] {
  return [1, 2, 3, 4, 5, 6, 7, 8].filter(id => passes(cells[id - 1] ?? null))
}

export function compare(one: string | number | bigint, other: string | number | bigint): number {
  return one < other ? -1 : one > other ? 1 : 0
}
