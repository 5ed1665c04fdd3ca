// What the tests of look-ups share: people whose country the file names and the table numbers.
import { defineResource, type ResourceDefinition, Type } from '../src/index.ts'

export const tables = `create table countries (id int primary key, name text unique);
    insert into countries values (1, 'Chile'), (2, 'Ghana');
    create table people (id int primary key, name varchar(20) not null, country text, country_id smallint not null references countries (id))`

const schema = Type.Object({
  id: Type.Integer(),
  name: Type.String(),
  country: Type.Optional(Type.String()),
  country_id: Type.Optional(Type.Integer({ minimum: 1 })),
})
export type LookUp = NonNullable<ResourceDefinition<typeof schema>['lookUp']>

export const people = (lookUp: LookUp) =>
  defineResource('people', {
    table: 'people',
    schema,
    references: { country_id: { table: 'countries', code: 'COUNTRY_NOT_FOUND' } },
    lookUp,
  })

export interface Person {
  readonly id?: unknown
  readonly name: string
  readonly country?: string | null
}

export const some = (count: number): Person[] =>
  Array.from({ length: count }, (_, index) => ({ id: index, name: `n${index}`, country: 'Chile' }))
