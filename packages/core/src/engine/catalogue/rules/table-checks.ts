// Reads the CHECK constraints of a table that can be judged outside of it: on staged rows, as a set.
import type { Client } from '../../../postgres/pool/checkout.ts'

export interface TableCheck {
  readonly name: string
  /** Names only columns of the table. */
  readonly sql: string
}

export interface TableChecks {
  readonly schema: string
  readonly table: string
  /** In the order in which PostgreSQL judges them, by name. */
  readonly checks: readonly TableCheck[]
  /** The columns of the checks, as they are declared. */
  readonly types: Readonly<Record<string, string>>
}

/**
 * Types whose length or precision a cast applies as an assignment does. The length of a text was checked before; a cast to
 * `bit(3)` would cut.
 */
const sizedTypes = ['varchar', 'bpchar', 'numeric', 'timestamp', 'timestamptz', 'time', 'timetz']

/** From PostgreSQL 18 on, a CHECK may be `not enforced`. */
const isCheck = `f.conrelid = c.oid and f.contype = 'c' and to_jsonb(f) ->> 'conenforced' is distinct from 'false'`

/**
 * None where something else speaks before a CHECK, or changes what it sees: triggers before it, policies, generated columns,
 * rules. None if one of them calls a function of the application, which may read the table, or compares in a collation of its own.
 */
const query = `
select n.nspname as schema, c.relname as table, checks.list as checks, columns.types
from pg_class c join pg_namespace n on n.oid = c.relnamespace
cross join lateral (
  select json_agg(json_build_object('name', f.conname, 'sql', pg_get_expr(f.conbin, f.conrelid)) order by f.conname) as list,
    array_agg(f.oid) as oids
  from pg_constraint f where ${isCheck}
) checks
cross join lateral (
  select json_object_agg(a.attname, format_type(a.atttypid, a.atttypmod)) as types,
    bool_and(a.attcollation = t.typcollation and (a.atttypmod = -1 or t.typname = any ($2::text[]))) as are_plain
  from pg_attribute a join pg_type t on t.oid = a.atttypid
  where a.attrelid = c.oid and exists (
    select from pg_constraint f where ${isCheck} and a.attnum = any (f.conkey)
  )
) columns
where c.oid = $1::int8::oid and c.relkind = 'r' and checks.list is not null and columns.are_plain
  and not c.relrowsecurity
  -- Row, before, insert.
  and not exists (select from pg_trigger g where g.tgrelid = c.oid and g.tgtype & 7 = 7 and g.tgenabled <> 'D')
  and not exists (select from pg_rewrite w where w.ev_class = c.oid)
  and not exists (select from pg_attribute a where a.attrelid = c.oid and a.attgenerated <> '')
  and not exists (
    select from pg_depend d where d.classid = 'pg_constraint'::regclass and d.objid = any (checks.oids)
      and d.refclassid in ('pg_proc'::regclass, 'pg_operator'::regclass)
  )`

/** @returns undefined if the table has no checks, or one of them can only be judged by an insert. @param table `oid` */
export async function readTableChecks(client: Client, table: number): Promise<TableChecks | undefined> {
  const { rows } = await client.query(query, [table, sizedTypes])
  // The query builds exactly this shape.
  return rows[0] as unknown as TableChecks | undefined
}
