// Names that a database error gave → the definitions of those constraints and indexes, read from the catalogue.
import type { Client } from '../../../postgres/pool/checkout.ts'

/** Names from an error; a name that the error does not give is empty. */
export interface NamedRule {
  readonly schema: string
  readonly table: string
  readonly constraint: string
  readonly datatype: string
}

export interface TableRule {
  /** Name of the table that the error names, and its `pg_class.relkind`; null if there is none. */
  readonly table: string | null
  readonly kind: string | null
  readonly columns: readonly string[]
  readonly constraint: ConstraintRule | null
  readonly index: IndexRule | null
  /** The expression of a domain's CHECK. */
  readonly domainCheck: string | null
  /** `LIST (region)`, of a partitioned table. */
  readonly partitionKey: string | null
  /** The partition constraint, as an expression. */
  readonly bounds: string | null
}

export interface ConstraintRule {
  /** For a constraint that a partition inherited, the name in the table that the resource names. */
  readonly name: string
  /** `pg_constraint.contype`. */
  readonly type: string
  /** Declared on the partition itself. */
  readonly isOfPartition: boolean
  readonly columns: readonly string[]
  readonly check: string | null
  /** Operators of an exclusion constraint, one for each column. */
  readonly operators: readonly string[] | null
  readonly isMatchFull: boolean
  /** The referenced table and its columns. */
  readonly referred: string | null
  readonly targets: readonly string[] | null
  /** A foreign key of another table that refers to the written one. */
  readonly isInbound: boolean
}

export interface IndexRule {
  readonly name: string
  /** Columns or expressions, as SQL. */
  readonly parts: readonly string[]
  readonly predicate: string | null
}

const namesOf = (table: string, columns: string) => `(
      select coalesce(json_agg(a.attname order by k.place), '[]') from unnest(${columns}) with ordinality k(attnum, place)
      join pg_attribute a on a.attrelid = ${table} and a.attnum = k.attnum)`

// A shadow table is temporary. It has the constraints of the real table under the same names.
const query = `
with tree as (
  select $1::int8::oid as oid union select relid::oid from pg_partition_tree($1::int8::oid::regclass)
), asked as (
  select a.n, a."constraint", c.oid, c.relname, c.relkind, c.relispartition, d.oid as datatype
  from json_to_recordset($2) as a(n int, schema text, "table" text, "constraint" text, datatype text)
  left join pg_namespace s on s.nspname = a.schema and a.schema not like 'pg\\_temp%'
  left join pg_class named on named.relnamespace = s.oid and named.relname = a."table"
  left join pg_class c on c.oid = coalesce(named.oid, $1::int8::oid)
  left join pg_type d on d.typnamespace = s.oid and d.typname = a.datatype
)
select coalesce(json_agg(json_build_object(
  'table', asked.relname,
  'kind', asked.relkind,
  'columns', (select coalesce(json_agg(a.attname), '[]') from pg_attribute a
    where a.attrelid = asked.oid and a.attnum > 0 and not a.attisdropped),
  'constraint', (
    select json_build_object(
      'name', coalesce((
        with recursive up as (
          select f.conparentid as parent, f.conname as name
          union all
          select p.conparentid, p.conname from up join pg_constraint p on p.oid = up.parent
        ) select name from up where parent = 0), f.conname),
      'type', f.contype,
      'isOfPartition', asked.relispartition and f.coninhcount = 0 and f.conparentid = 0
        and asked.oid <> $1::int8::oid,
      'columns', ${namesOf('f.conrelid', 'f.conkey')},
      'check', pg_get_expr(f.conbin, f.conrelid),
      'operators', (select json_agg(o.oprname order by k.place) from unnest(f.conexclop) with ordinality k(oid, place)
        join pg_operator o on o.oid = k.oid),
      'isMatchFull', f.confmatchtype = 'f',
      'referred', (select relname from pg_class where oid = f.confrelid),
      'targets', ${namesOf('f.confrelid', 'f.confkey')},
      'isInbound', f.confrelid in (select oid from tree) and f.conrelid not in (select oid from tree)
    ) from pg_constraint f where f.conrelid = asked.oid and f.conname = asked."constraint" limit 1),
  'index', (
    select json_build_object(
      'name', coalesce((select relname from pg_class where oid = pg_partition_root(i.indexrelid)), ic.relname),
      'parts', (select json_agg(pg_get_indexdef(i.indexrelid, place, false) order by place)
        from generate_series(1, i.indnkeyatts::int) place),
      'predicate', pg_get_expr(i.indpred, i.indrelid)
    ) from pg_index i join pg_class ic on ic.oid = i.indexrelid
    where i.indrelid = asked.oid and ic.relname = asked."constraint"),
  'domainCheck', (
    with recursive base as (
      select oid, typbasetype from pg_type where oid = asked.datatype
      union all select b.oid, b.typbasetype from base join pg_type b on b.oid = base.typbasetype
    ) select pg_get_expr(f.conbin, 0) from base join pg_constraint f on f.contypid = base.oid
    where f.conname = asked."constraint" and f.contype = 'c' limit 1),
  'partitionKey', case when asked.relkind = 'p' then pg_get_partkeydef(asked.oid) end,
  'bounds', case when asked.relispartition then pg_get_partition_constraintdef(asked.oid) end
) order by asked.n), '[]') as rules from asked`

/** Returns one rule for each name, in the same order. @param table `oid` of the written table */
export async function readRules(
  client: Client,
  table: number,
  names: readonly NamedRule[],
): Promise<readonly TableRule[]> {
  const numbered = names.map(({ schema, table: name, constraint, datatype }, n) => ({
    n,
    schema,
    table: name,
    constraint,
    datatype,
  }))
  const { rows } = await client.query(query, [table, JSON.stringify(numbered)])
  // The query builds exactly this shape.
  return rows[0]?.rules as readonly TableRule[]
}
