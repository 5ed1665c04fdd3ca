// What other rows have to do with it: references, unique and exclusion.
import { defineResource, Type } from '../../src/index.ts'
import type { RefusalSection } from './refusal-case.ts'

const text = () => Type.Optional(Type.Union([Type.String(), Type.Null()]))
const integer = () => Type.Optional(Type.Integer())

const people = defineResource('people', {
  table: 'people',
  schema: Type.Object({
    id: Type.Integer(),
    team_id: integer(),
    boss_id: integer(),
    case_file_id: integer(),
    desk: text(),
  }),
  references: {
    team_id: { table: 'teams', by: { team_name: 'name' } },
    boss_id: { table: 'people' },
    case_file_id: { table: 'files' },
  },
  fields: { case_file_id: { sensitive: true } },
})

const grading = defineResource('grading', {
  table: 'grading',
  schema: Type.Object({
    id: Type.Integer(),
    grade: text(),
    currency: text(),
    year: integer(),
    street: text(),
    house: text(),
  }),
})

const shops = defineResource('shops', {
  table: 'shops',
  schema: Type.Object({ id: Type.Integer(), code: Type.String() }),
})

export const references: RefusalSection = {
  title: 'References',
  ddl: `
    create table teams (id int primary key, name text unique);
    insert into teams values (1, 'red'), (2, 'blue');
    create table files (id int primary key);
    create table people (
      id int primary key,
      team_id int references teams,
      boss_id int references people,
      case_file_id int references files,
      desk point
    );
    create table grades (grade text primary key);
    create table rates (currency text, year int, primary key (currency, year));
    create table houses (street text, house text, primary key (street, house));
    create table grading (
      id int primary key,
      grade text references grades,
      currency text,
      year int,
      street text,
      house text,
      foreign key (currency, year) references rates,
      foreign key (street, house) references houses match full
    );
    create table shops (id int primary key, code text unique);
    create table sales (shop_code text references shops (code));
    insert into shops values (1, 'old');
    insert into sales values ('old');`,
  resources: [people, grading, shops],
  cases: {
    'by id': { to: 'people', send: { id: 1, team_id: 9 } },
    'by name': { to: 'people', send: { id: 1, team_name: 'pink' } },
    'into the table itself': { to: 'people', send: { id: 1, boss_id: 77 } },
    'a value that must not be shown': { to: 'people', send: { id: 1, case_file_id: 5 } },
    'by two fields that disagree': { to: 'people', send: { id: 1, team_id: 1, team_name: 'blue' } },
    'with other errors': { to: 'people', send: { id: 'x', team_id: 9 } },
    'with a value that the database refuses': {
      to: 'people',
      send: { id: 1, team_name: 'pink', desk: 'x' },
    },
    'a foreign key that the resource does not know': {
      to: 'grading',
      send: { id: 100, grade: 'z' },
      isUnforeseen: true,
    },
    'one of two columns': {
      to: 'grading',
      send: { id: 101, currency: 'EUR', year: 1999 },
      isUnforeseen: true,
    },
    'one of two columns, MATCH FULL': {
      to: 'grading',
      send: { id: 102, street: 'Elm' },
      isUnforeseen: true,
    },
    'a key that other rows refer to': {
      to: 'shops',
      send: { id: 1, code: 'new' },
      onConflict: 'update',
      isUnforeseen: true,
    },
  },
}

const bookings = defineResource('bookings', {
  table: 'bookings',
  schema: Type.Object({
    id: Type.Integer(),
    seat: text(),
    region: text(),
    place: text(),
    email: text(),
    memo: text(),
    badge: text(),
    active: Type.Optional(Type.Boolean()),
    during: text(),
    room: text(),
    hours: text(),
  }),
})

const to = 'bookings'

export const clashes: RefusalSection = {
  title: 'Unique and exclusion',
  ddl: `
    create table bookings (
      id int primary key,
      seat text unique,
      region text,
      place text,
      email text,
      memo text,
      badge text,
      active boolean not null default true,
      during int4range,
      room int4range,
      hours int4range,
      unique (region, place) deferrable initially deferred,
      constraint no_overlap exclude using gist (during with &&),
      constraint no_double_booking exclude using gist (room with =, hours with &&)
    );
    create unique index one_email on bookings (lower(email));
    create unique index one_memo on bookings (md5(memo));
    create unique index active_badge on bookings (badge) where active;
    insert into bookings values
      (1, 'A1', 'north', 'P1', 'ada@example.org', 'secret', 'B1', true, '[100,200)', '[1,2)', '[10,13)');`,
  resources: [bookings],
  cases: {
    'a key of the resource': { to, send: { id: 1 } },
    'a unique constraint that the resource does not know': {
      to,
      send: { id: 100, seat: 'A1' },
      isUnforeseen: true,
    },
    'a deferred one of two columns': {
      to,
      send: { id: 101, region: 'north', place: 'P1' },
      isUnforeseen: true,
    },
    'a unique index without regard to case': {
      to,
      send: { id: 102, email: 'ADA@example.org' },
      isUnforeseen: true,
    },
    'a unique index over an expression': {
      to,
      send: { id: 103, memo: 'secret' },
      isUnforeseen: true,
    },
    'a unique index over some rows': {
      to,
      send: { id: 104, badge: 'B1' },
      isUnforeseen: true,
    },
    exclusion: { to, send: { id: 105, during: '[150,160)' }, isUnforeseen: true },
    'exclusion of two columns': {
      to,
      send: { id: 106, room: '[1,2)', hours: '[12,14)' },
      isUnforeseen: true,
    },
  },
}
