// Wages in American cities (@observablehq/sample-datasets).
import { defineResource, Type } from '../../../src/index.ts'
import { type DataSet, fileOf, kept } from '../data-set.ts'
import { readCsv } from '../readers.ts'

const bytes = () => fileOf('@observablehq/sample-datasets', 'citywages.csv')

export const cities: DataSet = {
  teaches:
    'names with commas in quotes, decimals that keep their zeros (7.20), a flag that is 1 or nothing, and columns that are left out',
  table: 'cities',
  bytes,
  format: 'csv',
  sql: `create table cities (metro varchar(40) primary key, population_1980 int not null, population_2015 bigint not null,
    ratio numeric not null, nyt_display text not null, state_display text, highlight boolean)`,
  resource: defineResource('cities', {
    table: 'cities',
    schema: Type.Object({
      metro: Type.String({ maxLength: 40 }),
      population_1980: Type.Integer({ minimum: 1 }),
      population_2015: Type.String({ format: 'int64' }),
      ratio: Type.String({ format: 'decimal' }),
      nyt_display: Type.String(),
      state_display: Type.Optional(Type.String()),
      highlight: Type.Optional(Type.Boolean()),
    }),
    fields: {
      population_1980: { aliases: ['pop_1980'] },
      population_2015: { aliases: ['pop_2015'] },
      ratio: { aliases: ['R90_10_2015'] },
    },
    key: ['metro'],
  }),
  columns: {
    metro: 'text',
    population_1980: 'int',
    population_2015: 'bigint',
    ratio: 'numeric',
    nyt_display: 'text',
    state_display: 'text',
    highlight: 'boolean',
  },
  unknown: ['LPOP_1980', 'R90_10_1980', 'LPOP_2015'],
  expected: () =>
    readCsv(bytes()).map(city =>
      kept({
        metro: city.Metro,
        population_1980: Number(city.POP_1980),
        population_2015: city.POP_2015,
        ratio: city.R90_10_2015,
        nyt_display: city.nyt_display,
        state_display: city.state_display,
        highlight: city.highlight === '1' ? true : null,
      }),
    ),
}
