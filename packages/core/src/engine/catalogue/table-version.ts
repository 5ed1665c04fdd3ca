// Tables → a hash that changes whenever the result of `table-info.ts` may have changed.

import { tableIdentifier } from '../../postgres/identifier.ts'
import type { Client } from '../../postgres/pool/checkout.ts'
import { databaseFault } from '../../postgres/sqlstate.ts'

/**
 * Hashes the ids of the transactions that wrote the catalogue rows. Unlike reading the table itself, it does not wait
 * for table locks, as `pg_get_indexdef` and `pg_get_expr` do.
 */
const query = `
with recursive tables as (
  select to_regclass(name)::oid as oid from unnest($1::text[]) name
), attributes as (
  select a.attrelid, a.attnum, a.atttypid, a.xmin from pg_attribute a join tables on a.attrelid = tables.oid where a.attnum > 0
), types as (
  select atttypid as oid from attributes
  union
  select below.oid from types join pg_type t on t.oid = types.oid
  cross join lateral (values (t.typbasetype), (t.typelem)) below(oid) where below.oid <> 0
), found(row) as (
  select concat_ws(' ', 'table', c.oid, c.xmin, n.oid, n.xmin) from tables
  join pg_class c on c.oid = tables.oid join pg_namespace n on n.oid = c.relnamespace
  union all select concat_ws(' ', 'column', attrelid, attnum, xmin) from attributes
  union all select concat_ws(' ', 'default', d.oid, d.xmin) from pg_attrdef d join tables on d.adrelid = tables.oid
  union all select concat_ws(' ', 'type', t.oid, t.xmin) from pg_type t join types on t.oid = types.oid
  union all select concat_ws(' ', 'label', l.oid, l.xmin) from pg_enum l join types on l.enumtypid = types.oid
  union all select concat_ws(' ', 'index', i.indexrelid, i.xmin) from pg_index i join tables on i.indrelid = tables.oid
  union all select concat_ws(' ', 'constraint', f.oid, f.xmin) from pg_constraint f join tables on f.conrelid = tables.oid
)
select md5(coalesce(string_agg(row, ',' order by row), '')) as mark from found`

/** @throws LadingError `DATABASE_UNAVAILABLE` */
export async function tableVersion(client: Client, tables: readonly string[]): Promise<string> {
  const { rows } = await client.query(query, [tables.map(tableIdentifier)]).catch((error: unknown) => {
    throw databaseFault(error)
  })
  return String(rows[0]?.mark)
}
