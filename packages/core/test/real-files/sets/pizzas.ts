// Three years of a pizza shop (@observablehq/sample-datasets).
import { defineResource, Type } from '../../../src/index.ts'
import { type DataSet, fileOf, kept, withoutTwins } from '../data-set.ts'
import { readCsv } from '../readers.ts'

const bytes = () => fileOf('@observablehq/sample-datasets', 'pizza.csv')

export const pizzas: DataSet = {
  teaches: 'instants with milliseconds and Z (2020-01-01T00:00:00.000Z), which are part of the key',
  table: 'pizzas',
  isLarge: true,
  bytes,
  format: 'csv',
  sql: `create table pizzas (order_date timestamptz not null, category text not null, name text not null, price numeric(6,2) not null,
    orders int not null, revenue numeric not null, unique (order_date, name))`,
  resource: defineResource('pizzas', {
    table: 'pizzas',
    schema: Type.Object({
      order_date: Type.String({ format: 'date-time' }),
      category: Type.String(),
      name: Type.String(),
      price: Type.String({ format: 'decimal' }),
      orders: Type.Integer(),
      revenue: Type.String({ format: 'decimal' }),
    }),
    key: ['order_date', 'name'],
  }),
  columns: {
    order_date: 'timestamp',
    category: 'text',
    name: 'text',
    price: 'numeric',
    orders: 'int',
    revenue: 'numeric',
  },
  unknown: ['day_of_week'],
  expected: () =>
    withoutTwins(
      readCsv(bytes()).map(order =>
        kept({
          order_date: order.order_date?.replace('.000Z', 'Z'),
          category: order.category,
          name: order.name,
          price: `${order.price}.00`,
          orders: Number(order.orders),
          revenue: order.revenue,
        }),
      ),
      ({ order_date, name }) => JSON.stringify([order_date, name]),
      'DUPLICATE_ORDER_DATE_NAME',
    ),
}
