// What the owner of the table has written: triggers, policies and views.
import { defineResource, Type } from '../../src/index.ts'
import type { RefusalCase, RefusalSection } from './refusal-case.ts'

const text = () => Type.Optional(Type.Union([Type.String(), Type.Null()]))

const schema = Type.Object({
  id: Type.Integer(),
  note: text(),
  day: Type.Optional(Type.String({ format: 'date' })),
})
const payments = defineResource('payments', { table: 'payments', schema })
const discreet = defineResource('discreet-payments', {
  table: 'payments',
  schema,
  showTriggerMessages: false,
})

const notes = defineResource('notes', {
  table: 'notes',
  schema: Type.Object({ id: Type.Integer(), owner: Type.String() }),
})

const users = Type.Object({ id: Type.Integer(), name: text(), active: Type.Optional(Type.Boolean()) })
const activeUsers = defineResource('active-users', { table: 'active_users', schema: users })
const knownUsers = defineResource('known-users', { table: 'known_users', schema: users })

function raising(id: number, note: string, more: object = {}): RefusalCase {
  return { to: 'payments', send: { id, note, ...more }, isUnforeseen: true }
}

export const ownersCode: RefusalSection = {
  title: 'Triggers and policies',
  ddl: `
    create table payments (id int primary key, note text, day date);
    create function judge_payment() returns trigger language plpgsql as $$
      declare found int;
      begin
        case new.note
          when 'budget' then raise exception 'Budget exceeded' using hint = 'Ask finance';
          when 'detail' then raise exception 'Over the limit of %!', 100 using detail = 'Internal number 7';
          when 'column' then raise exception 'Not a working day' using column = 'day';
          when 'lines' then raise exception E'First line,\\n  second line';
          when 'long' then raise exception '%', repeat('X', 300) using hint = repeat('y', 300);
          when 'wordless' then raise exception using errcode = 'P0001';
          when 'class' then raise exception 'An internal matter' using errcode = 'UE001';
          when 'check' then
            raise exception 'An internal matter' using errcode = 'check_violation', constraint = 'budget';
          when 'check column' then
            raise exception 'An internal matter' using errcode = 'check_violation', column = 'day';
          when 'zero' then perform 1 / (length(new.note) - 4);
          when 'strict' then select id into strict found from payments where note = 'missing';
          when 'vanish' then return null;
          else null;
        end case;
        return new;
      end $$;
    create trigger judge_payment before insert on payments for each row execute function judge_payment();
    create table notes (id int primary key, owner text);
    alter table notes enable row level security;
    create policy own on notes using (owner = 'ada') with check (owner = 'ada');
    create table users (id int primary key, name text, active boolean default true);
    create view active_users as select id, name, active from users where active with check option;
    create table names_known (name text);
    create view known_users as select * from users u
      where exists (select from names_known k where k.name = u.name) with check option;`,
  resources: [payments, discreet, notes, activeUsers, knownUsers],
  cases: {
    'raise, with a hint': raising(1, 'budget'),
    'raise, with a detail, which stays inside': raising(2, 'detail'),
    'raise, with a column': raising(3, 'column', { day: '2026-01-04' }),
    'raise, over several lines': raising(4, 'lines'),
    'raise, too long': raising(5, 'long'),
    'raise, without a word': raising(6, 'wordless'),
    'raise, not to be shown': { ...raising(7, 'budget'), to: 'discreet-payments' },
    "raise, by a class of the owner's": raising(8, 'class'),
    'raise, as a check with a name': raising(9, 'check'),
    'raise, as a check with a column': raising(10, 'check column', { day: '2026-01-04' }),
    'a trigger that divides by zero': raising(11, 'zero'),
    'a trigger that finds no row': raising(12, 'strict'),
    'a trigger that drops the row': raising(13, 'vanish'),
    'row-level security': {
      to: 'notes',
      send: { id: 2, owner: 'eve' },
      asRestrictedRole: true,
      isUnforeseen: true,
    },
    'a view with check option': {
      to: 'active-users',
      send: { id: 1, active: false },
      isUnforeseen: true,
    },
    'a view with check option that looks elsewhere': {
      to: 'known-users',
      send: { id: 1, name: 'x' },
      isUnforeseen: true,
    },
  },
}
