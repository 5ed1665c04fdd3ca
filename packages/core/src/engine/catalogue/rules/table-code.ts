// Reads the expressions that a table computes, and its row-level security, to explain a failed row.
import type { Client } from '../../../postgres/pool/checkout.ts'
import type { TypeInfo } from './type-words.ts'

export interface NamedExpression {
  readonly name: string
  readonly sql: string
}

export interface TableCode {
  /** In the order of the columns. */
  readonly generated: readonly NamedExpression[]
  readonly checks: readonly NamedExpression[]
  /** By the name of the index, which may have several expressions. */
  readonly indexes: readonly NamedExpression[]
  /** Row-level security applies to the current user. */
  readonly hasPolicies: boolean
  /** The query of a view. */
  readonly view: string | null
}

const query = `
select json_build_object(
  'generated', (
    select coalesce(json_agg(json_build_object('name', a.attname, 'sql', pg_get_expr(d.adbin, d.adrelid)) order by a.attnum), '[]')
    from pg_attribute a join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
    where a.attrelid = c.oid and a.attgenerated <> '' and not a.attisdropped),
  'checks', (
    select coalesce(json_agg(json_build_object('name', f.conname, 'sql', pg_get_expr(f.conbin, f.conrelid)) order by f.conname), '[]')
    from pg_constraint f where f.conrelid = c.oid and f.contype = 'c'),
  'indexes', (
    select coalesce(json_agg(json_build_object('name', ic.relname, 'sql', part) order by ic.relname), '[]')
    from pg_index i join pg_class ic on ic.oid = i.indexrelid
    cross join generate_series(1, i.indnkeyatts::int) place
    cross join lateral pg_get_indexdef(i.indexrelid, place, false) part
    where i.indrelid = c.oid and i.indkey[place - 1] = 0),
  'hasPolicies', row_security_active(c.oid),
  'view', case when c.relkind = 'v' then pg_get_viewdef(c.oid) end
) as code
from pg_class c where c.oid = $1::int8::oid`

/** @param table its `oid` */
export async function readTableCode(client: Client, table: number): Promise<TableCode> {
  const { rows } = await client.query(query, [table])
  // The query builds exactly this shape.
  return rows[0]?.code as TableCode
}

/** Reads types by the names that `format_type` gives them; an unknown name is missing from the result. */
export async function readTypes(
  client: Client,
  names: readonly string[],
): Promise<ReadonlyMap<string, TypeInfo>> {
  if (names.length === 0) return new Map()
  const { rows } = await client.query(
    'select asked, t.typname as name, t.typtype as kind from unnest($1::text[]) asked join pg_type t on t.oid = to_regtype(asked)',
    [names],
  )
  return new Map(
    rows.map(({ asked: requested, name, kind }) => [
      String(requested),
      { name: String(name), kind: String(kind) },
    ]),
  )
}
