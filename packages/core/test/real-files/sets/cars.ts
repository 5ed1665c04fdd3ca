// Cars of the years 1970 to 1982 (@observablehq/sample-datasets).
import { defineResource, Type } from '../../../src/index.ts'
import { type DataSet, fileOf, kept, withoutTwins } from '../data-set.ts'
import { type Cell, readCsv } from '../readers.ts'

const bytes = () => fileOf('@observablehq/sample-datasets', 'cars.csv')
const number = (cell: Cell | undefined) => (cell == null ? null : Number(cell))

export const cars: DataSet = {
  teaches:
    'headings for people ("0-60 mph (s)") are mapped, and a key that is no key rejects the later twins',
  table: 'Cars of the 70s',
  bytes,
  format: 'csv',
  settings: { mapping: { 'economy (mpg)': 'economy', '0-60 mph (s)': 'acceleration' } },
  sql: `create table "Cars of the 70s" ("Name" text not null, economy double precision, cylinders smallint not null,
    displacement numeric not null, power int, weight int not null, acceleration numeric(4,1) not null, "year" smallint not null,
    primary key ("Name", "year"))`,
  resource: defineResource('cars', {
    table: 'Cars of the 70s',
    schema: Type.Object({
      name: Type.String(),
      economy: Type.Optional(Type.Number()),
      cylinders: Type.Integer(),
      displacement: Type.String({ format: 'decimal' }),
      power: Type.Optional(Type.Integer()),
      weight: Type.Integer(),
      acceleration: Type.String({ format: 'decimal' }),
      year: Type.Integer(),
    }),
    fields: {
      name: { column: 'Name' },
      displacement: { aliases: ['displacement (cc)'] },
      power: { aliases: ['power (hp)'] },
      weight: { aliases: ['Weight (LB)'] },
    },
    key: ['name', 'year'],
  }),
  columns: {
    name: { kind: 'text', column: 'Name' },
    economy: 'float',
    cylinders: 'int',
    displacement: 'numeric',
    power: 'int',
    weight: 'int',
    acceleration: 'numeric',
    year: 'int',
  },
  expected: () =>
    withoutTwins(
      readCsv(bytes()).map(car =>
        kept({
          name: car.name,
          economy: number(car['economy (mpg)']),
          cylinders: number(car.cylinders),
          displacement: car['displacement (cc)'],
          power: number(car['power (hp)']),
          weight: number(car['weight (lb)']),
          // The column has one decimal place, and PostgreSQL prints it always.
          acceleration: Number(car['0-60 mph (s)']).toFixed(1),
          year: number(car.year),
        }),
      ),
      ({ name, year }) => JSON.stringify([name, year]),
      'DUPLICATE_NAME_YEAR',
    ),
}
