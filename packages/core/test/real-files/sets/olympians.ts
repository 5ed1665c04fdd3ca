// Athletes of the games of 2016 (@observablehq/sample-datasets).
import { defineResource, Type } from '../../../src/index.ts'
import { type DataSet, fileOf, kept, rejected } from '../data-set.ts'
import { type Cell, readCsv } from '../readers.ts'

const bytes = () => fileOf('@observablehq/sample-datasets', 'olympians.csv')
const number = (cell: Cell | undefined) => (cell == null ? null : Number(cell))

/** The people that the resource accepts: it was written for adults, and for names without a comma. */
const youngest = '2000-08-05'

export const olympians: DataSet = {
  teaches:
    'long texts with commas and doubled quotes, enums of the database, and rules over fields that reject some of 11,538',
  table: 'olympians',
  bytes,
  format: 'csv',
  sql: `create type sport_sex as enum ('female', 'male');
    create table olympians (id bigint primary key, name text not null check (name not like '%,%'), nationality char(3) not null,
      sex sport_sex not null, date_of_birth date not null, height real, weight smallint, sport text not null,
      gold smallint not null, silver smallint not null, bronze smallint not null, info varchar(255))`,
  resource: defineResource('olympians', {
    table: 'olympians',
    schema: Type.Object({
      id: Type.Integer(),
      name: Type.String(),
      nationality: Type.String({ pattern: '^[A-Z]{3}$' }),
      sex: Type.Union([Type.Literal('female'), Type.Literal('male')]),
      date_of_birth: Type.String({ format: 'date' }),
      height: Type.Optional(Type.Number()),
      weight: Type.Optional(Type.Integer()),
      sport: Type.String(),
      gold: Type.Integer({ maximum: 4 }),
      silver: Type.Integer(),
      bronze: Type.Integer(),
      info: Type.Optional(Type.String()),
    }),
    check({ date_of_birth: born = '' }, issue) {
      if (born > youngest) issue('date_of_birth', 'TOO_YOUNG', 'The athlete is younger than 16.')
    },
  }),
  columns: {
    id: 'int',
    name: 'text',
    nationality: 'text',
    sex: 'text',
    date_of_birth: 'date',
    height: 'float',
    weight: 'int',
    sport: 'text',
    gold: 'int',
    silver: 'int',
    bronze: 'int',
    info: 'text',
  },
  expected: () =>
    readCsv(bytes()).map(athlete => {
      const errors = [
        ...(String(athlete.date_of_birth) > youngest ? ['date_of_birth TOO_YOUNG'] : []),
        ...(Number(athlete.gold) > 4 ? ['gold INVALID_GOLD'] : []),
      ]
      if (errors.length > 0) return rejected(...errors)
      if (athlete.name?.includes(',')) return rejected('* CONSTRAINT_VIOLATION')
      return kept({
        ...athlete,
        id: Number(athlete.id),
        height: number(athlete.height),
        weight: number(athlete.weight),
        gold: Number(athlete.gold),
        silver: Number(athlete.silver),
        bronze: Number(athlete.bronze),
      })
    }),
}
