// Whether writing a row runs code of the application, which may read the table and so tell which rows are in it already.
import type { Client } from '../../../postgres/pool/checkout.ts'

/**
 * Functions that PostgreSQL itself brings leave no entry in `pg_depend`; those of an extension do. Constraints of a domain
 * belong to its type.
 */
const query = `
with tables as (
  select c.oid from pg_class c where c.oid = $1::int8::oid
  union select relid from pg_partition_tree($1::int8::oid)
), parts(class, oid) as (
  select 'pg_attrdef'::regclass, d.oid from pg_attrdef d where d.adrelid in (select oid from tables)
  union all
  select 'pg_constraint'::regclass, f.oid from pg_constraint f where f.conrelid in (select oid from tables)
  union all
  select 'pg_class'::regclass, i.indexrelid from pg_index i where i.indrelid in (select oid from tables)
  union all
  select 'pg_constraint'::regclass, f.oid
  from pg_attribute a join pg_constraint f on f.contypid = a.atttypid
  where a.attrelid in (select oid from tables) and f.contypid <> 0
)
select exists (
    select from pg_trigger g where g.tgrelid in (select oid from tables) and not g.tgisinternal and g.tgenabled <> 'D'
  ) or exists (
    select from pg_class c where c.oid in (select oid from tables) and c.relrowsecurity
  ) or exists (
    select from pg_depend d join parts on d.classid = parts.class and d.objid = parts.oid
    where d.refclassid in ('pg_proc'::regclass, 'pg_operator'::regclass)
  ) as runs`

/** @param table its `oid` */
export async function runsOwnCode(client: Client, table: number): Promise<boolean> {
  const { rows } = await client.query(query, [table])
  return rows[0]?.runs === true
}
