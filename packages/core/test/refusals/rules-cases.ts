// Domains, CHECK and NOT NULL.
import { defineResource, Type } from '../../src/index.ts'
import type { RefusalSection } from './refusal-case.ts'

const text = () => Type.Optional(Type.Union([Type.String(), Type.Null()]))
const integer = () => Type.Optional(Type.Integer())
const decimal = () => Type.Optional(Type.String({ format: 'decimal' }))
const day = () => Type.Optional(Type.String({ format: 'date' }))

const parcels = defineResource('parcels', {
  table: 'parcels',
  schema: Type.Object({
    qty: integer(),
    spare: integer(),
    zip: text(),
    iban: text(),
    age: integer(),
    qtys: Type.Optional(Type.Array(Type.String())),
    hosts: Type.Optional(Type.Array(Type.String())),
  }),
})

const labels = defineResource('labels', {
  table: 'labels',
  schema: Type.Object({ id: Type.Integer(), code: text() }),
})

export const domains: RefusalSection = {
  title: 'A domain',
  ddl: `
    create function is_iban(text) returns boolean immutable language sql as $$ select $1 like 'DE%' $$;
    create function is_age(years int) returns boolean immutable language plpgsql as $$
      begin if years > 150 then raise exception 'Nobody is % years old', years; end if; return true; end $$;
    create domain positive as int check (value > 0);
    create domain zip as text constraint five_digits check (value ~ '^[0-9]{5}$');
    create domain iban as text check (is_iban(value));
    create domain age as int check (is_age(value));
    create domain hosts as inet[] check (cardinality(value) <= 2);
    create domain some_code as text not null;
    create domain short_code as some_code check (length(value) <= 4);
    create table parcels (
      id int generated always as identity primary key,
      qty positive, spare positive, zip zip, iban iban, age age, qtys positive[], hosts hosts
    );
    create table labels (id int primary key, code short_code);`,
  resources: [parcels, labels],
  cases: {
    'a comparison': { to: 'parcels', send: { qty: 0 } },
    'the second of two columns of one domain': { to: 'parcels', send: { qty: 3, spare: -1 } },
    'a pattern': { to: 'parcels', send: { zip: '1234' } },
    'a function': { to: 'parcels', send: { iban: 'FR76' } },
    'a function that raises': { to: 'parcels', send: { age: 200 } },
    'NOT NULL, by the domain of a domain': { to: 'labels', send: { id: 2, code: null } },
    'an array of a domain': { to: 'parcels', send: { qtys: ['1', '-2'] } },
    'a domain over an array': { to: 'parcels', send: { hosts: ['10.0.0.1', '10.0.0.2', '10.0.0.3'] } },
  },
}

const orders = defineResource('orders', {
  table: 'orders',
  schema: Type.Object({
    amount: decimal(),
    rating: integer(),
    status: text(),
    title: text(),
    slug: text(),
    label: text(),
    born: day(),
    starts: day(),
    ends: day(),
    price: decimal(),
    pieces: integer(),
    iban: text(),
    ceiling: integer(),
    note: text(),
    stock: integer(),
  }),
})

const contacts = defineResource('contacts', {
  table: 'contacts',
  schema: Type.Object({
    id: Type.Integer(),
    name: Type.Optional(Type.Union([Type.String(), Type.Null()])),
    email: text(),
    phone: text(),
  }),
})

const staff = defineResource('staff', {
  table: 'staff',
  schema: Type.Object({ id: Type.Integer(), name: Type.Union([Type.String(), Type.Null()]) }),
})

export const checks: RefusalSection = {
  title: 'CHECK and NOT NULL',
  ddl: `
    create function is_lucky(numeric, int) returns boolean immutable language sql as
      $$ select $1 <> 13 or $2 <> 13 $$;
    create function is_below_ceiling(int) returns boolean immutable language plpgsql as $$
      begin
        if $1 > 100 then raise exception 'The ceiling is 100' using hint = 'Ask sales'; end if;
        return true;
      end $$;
    create table orders (
      id int generated always as identity primary key,
      amount numeric check (amount > 0),
      rating int check (rating between 1 and 5),
      status varchar(20) check (status in ('draft', 'published')),
      title varchar(100) check (char_length(title) <= 10),
      slug text check (slug ~ '^[a-z-]+$'),
      label text check (btrim(label) <> ''),
      born date check (born is null or born >= '1900-01-01'),
      starts date,
      ends date,
      price numeric,
      pieces int,
      iban text constraint valid_iban check (is_iban(iban)),
      ceiling int check (is_below_ceiling(ceiling)),
      note text constraint note_is_number check (note::int > 0),
      is_open boolean not null default true,
      stock int,
      constraint in_order check (starts < ends),
      constraint affordable check (price * pieces <= 1000),
      constraint no_bad_luck check (is_lucky(price, pieces))
    );
    create function close() returns trigger language plpgsql as $$
      begin new.is_open := new.stock is distinct from 7; return new; end $$;
    create trigger close before insert on orders for each row execute function close();
    alter table orders add constraint open_shop check (is_open);
    create table contacts (
      id int primary key,
      name text,
      email text,
      phone text,
      check (num_nonnulls(email, phone) = 1)
    );
    create table staff (id int primary key, name text not null);`,
  resources: [orders, contacts, staff],
  cases: {
    'a comparison': { to: 'orders', send: { amount: '-1' } },
    between: { to: 'orders', send: { rating: 9 } },
    'a list': { to: 'orders', send: { status: 'lost' } },
    'a length': { to: 'orders', send: { title: 'much too long a title' } },
    'a pattern': { to: 'orders', send: { slug: 'No Slug' } },
    'not blank': { to: 'orders', send: { label: '  ' } },
    'a day': { to: 'orders', send: { born: '1850-01-01' } },
    'two columns': { to: 'orders', send: { starts: '2026-05-02', ends: '2026-05-01' } },
    'two columns and a computation': { to: 'orders', send: { price: '500', pieces: 3 } },
    'one of two': { to: 'contacts', send: { id: 2, email: 'a@example.org', phone: '1' } },
    'a function': { to: 'orders', send: { iban: 'FR76' } },
    'a function over the row': { to: 'orders', send: { price: '13', pieces: 13 } },
    'a function that raises': { to: 'orders', send: { ceiling: 200 } },
    'an expression that fails': { to: 'orders', send: { note: 'evil' } },
    'a column that no field fills': { to: 'orders', send: { stock: 7 }, isUnforeseen: true },
    'NOT NULL': { to: 'staff', send: { id: 2, name: null } },
  },
}
