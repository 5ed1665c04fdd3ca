// The table for the imports of dirty files, and its resource: two keys, a reference, and a CHECK that it does not declare.
import { defineResource, Type } from '../packages/core/dist/index.js'

export const teams = 100
/** The table rejects this age and above. */
export const tooOld = 150

export const ddl = `
  drop table if exists people, teams;
  create table teams (id int primary key);
  insert into teams select generate_series(1, ${teams});
  create table people (
    id int primary key,
    email text not null,
    name varchar(255) not null,
    active boolean not null,
    team_id int not null references teams (id),
    age int not null constraint age_limit check (age < ${tooOld}),
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now()
  );
  create unique index people_email_key on people (lower(email));`

export const people = defineResource('people', {
  table: 'people',
  schema: Type.Object({
    id: Type.Integer(),
    email: Type.String({ format: 'email', maxLength: 255 }),
    name: Type.String({ maxLength: 255 }),
    active: Type.Boolean(),
    team_id: Type.Integer(),
    age: Type.Integer(),
    created_at: Type.Optional(Type.String({ format: 'date-time' })),
    updated_at: Type.Optional(Type.String({ format: 'date-time' })),
  }),
  key: [{ fields: ['email'], ignoreCase: true }],
  references: { team_id: { table: 'teams' } },
})
