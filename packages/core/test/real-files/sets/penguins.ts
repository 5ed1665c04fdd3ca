// Penguins of the Palmer archipelago (@observablehq/sample-datasets).
import { defineResource, Type } from '../../../src/index.ts'
import { type DataSet, fileOf, kept, rejected } from '../data-set.ts'
import { readCsv } from '../readers.ts'

const measures = ['culmen_length_mm', 'culmen_depth_mm', 'flipper_length_mm', 'body_mass_g'] as const
const bytes = () => fileOf('@observablehq/sample-datasets', 'penguins.csv')

export const penguins: DataSet = {
  teaches: 'a measure that is "NaN" is no number, and each one that a record has is named',
  table: 'penguins',
  bytes,
  format: 'csv',
  sql: `create type sex as enum ('MALE', 'FEMALE');
    create table penguins (species text not null, island varchar(9) not null, culmen_length_mm double precision,
      culmen_depth_mm double precision, flipper_length_mm smallint, body_mass_g int, sex sex)`,
  resource: defineResource('penguins', {
    table: 'penguins',
    schema: Type.Object({
      species: Type.Union([Type.Literal('Adelie'), Type.Literal('Chinstrap'), Type.Literal('Gentoo')]),
      island: Type.Union([Type.Literal('Biscoe'), Type.Literal('Dream'), Type.Literal('Torgersen')]),
      culmen_length_mm: Type.Optional(Type.Number()),
      culmen_depth_mm: Type.Optional(Type.Number()),
      flipper_length_mm: Type.Optional(Type.Integer({ minimum: 100 })),
      body_mass_g: Type.Optional(Type.Integer()),
      sex: Type.Optional(Type.Union([Type.Literal('MALE'), Type.Literal('FEMALE')])),
    }),
  }),
  columns: {
    species: 'text',
    island: 'text',
    culmen_length_mm: 'float',
    culmen_depth_mm: 'float',
    flipper_length_mm: 'int',
    body_mass_g: 'int',
    sex: 'text',
  },
  expected: () =>
    readCsv(bytes()).map(bird => {
      const wrong = measures.filter(measure => bird[measure] === 'NaN')
      if (wrong.length > 0) {
        return rejected(...wrong.map(measure => `${measure} INVALID_${measure.toUpperCase()}`))
      }
      return kept({
        ...bird,
        ...Object.fromEntries(measures.map(measure => [measure, Number(bird[measure])])),
      })
    }),
}
