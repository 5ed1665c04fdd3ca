// Lines of films and series (popular-movie-quotes).
import { defineResource, Type } from '../../../src/index.ts'
import { type DataSet, fileOf, kept, rejected, withoutTwins } from '../data-set.ts'

interface Quote {
  readonly quote: string
  readonly movie: string
  readonly type: string
  readonly year: number
}

const bytes = () => fileOf('popular-movie-quotes', 'data/data.json')
const types = ['movie', 'tv', 'anime', 'war']

export const quotes: DataSet = {
  teaches: 'mistakes made by hand: a film of 1890, a type in capitals, the same line twice',
  table: 'quotes',
  bytes,
  format: 'json',
  sql: `create table quotes (id bigint generated always as identity primary key, quote text not null unique, movie text not null,
    type text not null, year smallint not null)`,
  resource: defineResource('quotes', {
    table: 'quotes',
    schema: Type.Object({
      quote: Type.String(),
      movie: Type.String({ maxLength: 60 }),
      type: Type.Union(types.map(type => Type.Literal(type))),
      year: Type.Integer({ minimum: 1895 }),
    }),
    key: ['quote'],
  }),
  columns: { quote: 'text', movie: 'text', type: 'text', year: 'int' },
  expected: () => {
    const all: readonly Quote[] = JSON.parse(bytes().toString('utf8'))
    return withoutTwins(
      all.map(({ quote, movie, type, year }) => {
        const errors = [
          ...(movie.length > 60 ? ['movie INVALID_MOVIE'] : []),
          ...(types.includes(type) ? [] : ['type INVALID_TYPE']),
          ...(year < 1895 ? ['year INVALID_YEAR'] : []),
        ]
        return errors.length > 0 ? rejected(...errors) : kept({ quote, movie, type, year })
      }),
      ({ quote }) => String(quote),
      'DUPLICATE_QUOTE',
    )
  },
}
