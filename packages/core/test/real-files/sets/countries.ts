// Countries of the world (countries-list).
import { defineResource, Type } from '../../../src/index.ts'
import { type DataSet, fileOf, kept } from '../data-set.ts'
import { type Cell, readCsv } from '../readers.ts'

const bytes = () => fileOf('countries-list', 'countries.csv')
const list = (cell: Cell | undefined) => (cell == null || cell === '' ? null : cell.split(','))

export const countries: DataSet = {
  teaches: 'every cell is quoted, so an empty one is the empty text, but no list; names in their own scripts',
  table: 'countries',
  bytes,
  format: 'csv',
  sql: `create table countries (code char(2) primary key, name text not null unique, native text not null, phone text[] not null,
    continent varchar(13) not null, capital text not null, currency text[], languages text[])`,
  resource: defineResource('countries', {
    table: 'countries',
    schema: Type.Object({
      code: Type.String({ pattern: '^[A-Z]{2}$' }),
      name: Type.String(),
      native: Type.String(),
      phone: Type.Array(Type.String({ pattern: '^[0-9]+$' }), { minItems: 1 }),
      continent: Type.String({
        enum: ['Africa', 'Antarctica', 'Asia', 'Europe', 'North America', 'Oceania', 'South America'],
      }),
      capital: Type.String({ minLength: 0 }),
      currency: Type.Optional(Type.Array(Type.String())),
      languages: Type.Optional(Type.Array(Type.String({ minLength: 2, maxLength: 2 }))),
    }),
    key: [{ fields: ['code'] }, { fields: ['name'] }],
  }),
  columns: {
    code: 'text',
    name: 'text',
    native: 'text',
    phone: 'text[]',
    continent: 'text',
    capital: 'text',
    currency: 'text[]',
    languages: 'text[]',
  },
  expected: () =>
    readCsv(bytes()).map(country =>
      kept({
        code: country.Code,
        name: country.Name,
        native: country.Native,
        phone: list(country.Phone),
        continent: country.Continent,
        capital: country.Capital,
        currency: list(country.Currency),
        languages: list(country.Languages),
      }),
    ),
}
