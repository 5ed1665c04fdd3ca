// Prices of one share over five years (@observablehq/sample-datasets).
import { defineResource, Type } from '../../../src/index.ts'
import { type DataSet, fileOf, kept } from '../data-set.ts'
import { readCsv } from '../readers.ts'

const bytes = () => fileOf('@observablehq/sample-datasets', 'aapl.csv')

export const stockPrices: DataSet = {
  teaches: 'prices keep all six digits (63.000000), volumes are beyond 32 bits, and the key is a date',
  table: 'stock_prices',
  bytes,
  format: 'csv',
  sql: `create table stock_prices ("Date" date primary key, open numeric(12,6) not null, high numeric(12,6) not null,
    low numeric(12,6) not null, close numeric(12,6) not null, adj_close numeric(12,6) not null, volume bigint not null)`,
  resource: defineResource('stock_prices', {
    table: 'stock_prices',
    schema: Type.Object({
      date: Type.String({ format: 'date' }),
      open: Type.String({ format: 'decimal' }),
      high: Type.String({ format: 'decimal' }),
      low: Type.String({ format: 'decimal' }),
      close: Type.String({ format: 'decimal' }),
      adj_close: Type.String({ format: 'decimal' }),
      volume: Type.BigInt({ minimum: 0n }),
    }),
    fields: { date: { column: 'Date' }, adj_close: { aliases: ['Adj Close'] } },
    key: ['date'],
  }),
  columns: {
    date: { kind: 'date', column: 'Date' },
    open: 'numeric',
    high: 'numeric',
    low: 'numeric',
    close: 'numeric',
    adj_close: 'numeric',
    volume: 'bigint',
  },
  expected: () =>
    readCsv(bytes()).map(day =>
      kept({
        date: day.Date,
        open: day.Open,
        high: day.High,
        low: day.Low,
        close: day.Close,
        adj_close: day['Adj Close'],
        volume: day.Volume,
      }),
    ),
}
