// A table that refuses for every reason there is, most of them unknown to its resource; plain or partitioned.
import { defineResource, Type } from '../../src/index.ts'

const nullable = <Schema extends ReturnType<typeof Type.String>>(schema: Schema) =>
  Type.Optional(Type.Union([schema, Type.Null()]))

/** Knows the primary key and the types, and nothing else of what the table wants. */
export const bookings = defineResource('bookings', {
  table: 'bookings',
  schema: Type.Object({
    region: Type.String(),
    id: Type.Integer(),
    amount: Type.String({ format: 'decimal' }),
    seat: nullable(Type.String()),
    during: nullable(Type.String()),
    note: nullable(Type.String()),
    grade: nullable(Type.String()),
    payload: Type.Optional(Type.Unknown()),
  }),
})

export type Shape = 'plain' | 'partitioned'

/** What no message may ever hold: it stands in the rows of others, and in the details of what a trigger says. */
export const secret = 'SECRET-OF-OTHERS'

// Identity columns and exclusion constraints of a partitioned table need PostgreSQL 17, so a sequence and the
// partitions have them there.
const exclusion = (name: string) => `constraint ${name} exclude using gist (during with &&)`
const shapes: Readonly<Record<Shape, { ordinal: string; rules: string; partitions: string }>> = {
  plain: {
    ordinal: 'bigint generated always as identity',
    rules: `, ${exclusion('no_overlap')}`,
    partitions: '',
  },
  partitioned: {
    ordinal: `bigint not null default nextval('bookings_ordinal_seq')`,
    rules: ') partition by list (region',
    partitions: `
      create table bookings_north partition of bookings (${exclusion('no_overlap_north')}) for values in ('north');
      create table bookings_south partition of bookings (${exclusion('no_overlap_south')}) for values in ('south');`,
  },
}

export function bookingsDdl(shape: Shape): string {
  const { ordinal, rules, partitions } = shapes[shape]
  return `
    create table grades (grade text primary key);
    insert into grades values ('a'), ('b');
    ${shape === 'partitioned' ? 'create sequence bookings_ordinal_seq;' : ''}
    create table bookings (
      ordinal ${ordinal},
      region text not null,
      id int not null,
      amount numeric(10, 2) not null constraint is_positive check (amount > 0),
      doubled numeric(10, 2) generated always as (amount * 2) stored,
      seat text,
      during int4range,
      note text,
      grade text constraint known_grade references grades,
      payload json,
      updated_at timestamptz not null default now(),
      primary key (region, id),
      constraint one_seat unique (region, seat) deferrable initially deferred
      ${rules}
    );
    ${partitions}
    create function judge_note() returns trigger language plpgsql as $$
      begin
        if new.note = 'raise' then raise exception 'No such note' using detail = '${secret}'; end if;
        if new.note = 'vanish' then return null; end if;
        return new;
      end $$;
    create trigger judge_note before insert or update on bookings for each row execute function judge_note();
    alter table bookings enable row level security;
    create policy nothing_forbidden on bookings using (true) with check (note is distinct from 'forbidden');
    insert into bookings (region, id, amount, seat, during, payload) values
      ('north', 1, 10, 'A1', '[100,200)', '{"a":"${secret}"}'),
      ('north', 2, 20, 'A2', '[200,300)', '{"b": "${secret}"}'),
      ('south', 1, 30, 'A1', null, null);
    update bookings set updated_at = '2000-01-01'`
}
