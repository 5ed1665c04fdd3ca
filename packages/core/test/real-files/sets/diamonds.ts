// Prices of diamonds (@observablehq/sample-datasets), compressed.
import { gzipSync } from 'node:zlib'
import { defineResource, Type } from '../../../src/index.ts'
import { type DataSet, fileOf, kept } from '../data-set.ts'
import { readCsv } from '../readers.ts'

const file = () => fileOf('@observablehq/sample-datasets', 'diamonds.csv')

export const diamonds: DataSet = {
  teaches: 'gzip, no key, many batches, and equal records that are all kept',
  table: 'diamonds',
  isLarge: true,
  bytes: () => gzipSync(file()),
  format: 'csv',
  settings: { compression: 'gzip' },
  sql: `create type cut as enum ('Fair', 'Good', 'Very Good', 'Premium', 'Ideal');
    create table diamonds (carat numeric not null, cut cut not null, color "char" not null, clarity text not null,
      depth double precision not null, "table" double precision not null, price int not null,
      x real not null, y real not null, z real not null)`,
  resource: defineResource('diamonds', {
    table: 'diamonds',
    schema: Type.Object({
      carat: Type.String({ format: 'decimal' }),
      cut: Type.String(),
      color: Type.String(),
      clarity: Type.String(),
      depth: Type.Number(),
      table: Type.Number(),
      price: Type.Integer(),
      x: Type.Number(),
      y: Type.Number(),
      z: Type.Number(),
    }),
  }),
  columns: {
    carat: 'numeric',
    cut: 'text',
    color: 'text',
    clarity: 'text',
    depth: 'float',
    table: 'float',
    price: 'int',
    x: 'float',
    y: 'float',
    z: 'float',
  },
  expected: () =>
    readCsv(file()).map(({ carat, cut, color, clarity, ...numbers }) =>
      kept({
        carat,
        cut,
        color,
        clarity,
        ...Object.fromEntries(Object.entries(numbers).map(([name, cell]) => [name, Number(cell)])),
      }),
    ),
}
