// What the catalogue of the database says about a table, in one query.
import { LadingError } from '../../errors/lading-error.ts'
import { tableIdentifier } from '../../postgres/identifier.ts'
import type { Client } from '../../postgres/pool/client.ts'

export interface ColumnInfo {
  readonly name: string
  /** Base type by its internal name, such as `timestamptz`, `varchar`, `_text`; that of a domain's base. */
  readonly type: string
  /** `pg_type.typcategory`: `A` array, `E` enum, `S` string … */
  readonly category: string
  /** Base type of an array's elements, or null. */
  readonly elementType: string | null
  /** What stands between the elements of an array literal, or null. */
  readonly elementDelimiter: string | null
  /** Type modifier of the column or of its domain (length, precision and scale, packed), or -1; see `fit.ts`. */
  readonly typmod: number
  /** A cast to text may give something else than what PostgreSQL prints: see `output-text.ts`. */
  readonly hasTextCast: boolean
  /** What an enum, or a list of one, may hold; null for any other type. */
  readonly labels: readonly string[] | null
  /** The base type as SQL, without length: a cast to it never cuts or rounds silently. */
  readonly castType: string
  /** By the column or by its domain. */
  readonly notNull: boolean
  /** SQL expression of the value that an absent field gets, or null. */
  readonly default: string | null
  /** Sequences that belong to the column, or that its default draws from; quoted, with their schemas. */
  readonly sequences: readonly string[]
  /** Computed by the database from other columns: an import cannot write it. */
  readonly isGenerated: boolean
  /** `generated always as identity`: an insert has to override it, and an update can only reset it. */
  readonly isAlways: boolean
  /** Of a view that PostgreSQL itself can write through, but not this column. */
  readonly isComputed: boolean
}

export interface UniqueIndexInfo {
  readonly name: string
  readonly primary: boolean
  /** Valid, without predicate, and checked at once, not at the end of the transaction. */
  readonly usable: boolean
  /** `nulls not distinct`: a null is equal to a null. */
  readonly nullsEqual: boolean
  /** Columns or expressions, as SQL. */
  readonly parts: readonly string[]
}

export interface ForeignKeyInfo {
  readonly name: string
  readonly columns: readonly string[]
  /** `oid` of the table referred to. */
  readonly table: number
  readonly targets: readonly string[]
}

export interface TableInfo {
  readonly oid: number
  /** Quoted, with its schema. */
  readonly sql: string
  /** `pg_class.relkind`: `r` table, `p` partitioned, `v` view, `m` materialized view, `f` foreign table … */
  readonly kind: string
  /** Whether it can be inserted into, by itself or by a trigger. */
  readonly takesRows: boolean
  readonly isPartitioned: boolean
  /** Tables inherit from it: its unique indexes know nothing of their rows, which are rows of this one as well. */
  readonly hasChildTables: boolean
  readonly columns: readonly ColumnInfo[]
  readonly uniqueIndexes: readonly UniqueIndexInfo[]
  /** Also those of partitions. */
  readonly hasExclusions: boolean
  readonly foreignKeys: readonly ForeignKeyInfo[]
  /** Deferrable constraints of the table and foreign keys that lead to it, quoted with their schemas: they speak at once only when told to. */
  readonly deferrable: readonly string[]
}

const query = `
select json_build_object(
  'oid', c.oid::int8,
  'sql', format('%I.%I', n.nspname, c.relname),
  'kind', c.relkind,
  'takesRows', pg_relation_is_updatable(c.oid, true) & 8 <> 0,
  'isPartitioned', c.relkind = 'p',
  'hasChildTables', c.relkind <> 'p' and exists (select from pg_inherits h where h.inhparent = c.oid),
  'columns', (
    select coalesce(json_agg(json_build_object(
      'name', a.attname,
      'type', t.typname,
      'category', t.typcategory,
      'elementType', e.typname,
      'elementDelimiter', e.typdelim,
      'typmod', resolved.typmod,
      'hasTextCast', t.typname not in ('text', 'varchar', 'citext', 'name', 'char') and exists (
        select from pg_cast k where k.castsource = t.oid and k.casttarget = 'text'::regtype
      ),
      'labels', (
        select json_agg(l.enumlabel order by l.enumsortorder) from pg_enum l where l.enumtypid in (t.oid, t.typelem)
      ),
      'castType', format_type(t.oid, -1),
      'notNull', a.attnotnull or declared.typnotnull,
      'default', case
        when a.attgenerated <> '' then null
        when a.attidentity <> '' then format('nextval(%L::regclass)', owned.sequence)
        when d.oid is null and c.relkind <> 'v' then pg_get_expr(declared.typdefaultbin, 0)
        else pg_get_expr(d.adbin, d.adrelid)
      end,
      'sequences', (
        select coalesce(json_agg(distinct sequence), '[]')
        from (values (owned.sequence), (drawn.sequence)) found(sequence) where sequence is not null
      ),
      'isGenerated', a.attgenerated <> '',
      'isAlways', a.attidentity = 'a',
      'isComputed', c.relkind = 'v' and pg_relation_is_updatable(c.oid, false) & 8 <> 0
        and not pg_column_is_updatable(c.oid, a.attnum, false)
    ) order by a.attnum), '[]')
    from pg_attribute a
    join pg_type declared on declared.oid = a.atttypid
    join lateral (
      with recursive base as (
        select declared.oid, declared.typtype, declared.typbasetype, declared.typtypmod, a.atttypmod as typmod
        union all
        select below.oid, below.typtype, below.typbasetype, below.typtypmod, base.typtypmod
        from base join pg_type below on below.oid = base.typbasetype
        where base.typtype = 'd'
      )
      select oid, typmod from base where typtype <> 'd'
    ) resolved on true
    join pg_type t on t.oid = resolved.oid
    left join pg_type e on e.oid = t.typelem and t.typcategory = 'A'
    left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
    -- An identity column of a partition draws from the sequence of the table that it is a partition of, and a column of
    -- a view from that of the table below it, as far as their names tell.
    left join lateral (
      select pg_get_serial_sequence(o.attrelid::regclass::text, o.attname) as sequence
      from pg_attribute o where o.attrelid = owner.oid and o.attname = a.attname and not o.attisdropped
    ) owned on true
    left join lateral (
      select format('%I.%I', sn.nspname, s.relname) as sequence
      from pg_depend p join pg_class s on s.oid = p.refobjid and s.relkind = 'S' join pg_namespace sn on sn.oid = s.relnamespace
      where p.classid = case when d.oid is null then 'pg_type'::regclass else 'pg_attrdef'::regclass end
        and p.objid = coalesce(d.oid, declared.oid) and p.refclassid = 'pg_class'::regclass
        and coalesce(pg_get_expr(d.adbin, d.adrelid), pg_get_expr(declared.typdefaultbin, 0)) ~ '^[(]*nextval[(]''[^()]+''::regclass[)]+(::[a-z ]+)?$'
    ) drawn on true
    where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
  ),
  'uniqueIndexes', (
    select coalesce(json_agg(json_build_object(
      'name', ic.relname,
      'primary', i.indisprimary,
      'usable', i.indisvalid and i.indimmediate and i.indpred is null,
      'nullsEqual', i.indnullsnotdistinct,
      'parts', (
        select json_agg(pg_get_indexdef(i.indexrelid, position, true) order by position)
        from generate_series(1, i.indnkeyatts::int) as position
      )
    ) order by i.indisprimary desc, ic.relname), '[]')
    from pg_index i join pg_class ic on ic.oid = i.indexrelid
    where i.indrelid = c.oid and i.indisunique
  ),
  'hasExclusions', exists (
    select from pg_constraint f where f.contype = 'x'
      and (f.conrelid = c.oid or f.conrelid in (select relid from pg_partition_tree(c.oid)))
  ),
  'foreignKeys', (
    select coalesce(json_agg(json_build_object(
      'name', f.conname,
      'columns', (select json_agg(a.attname order by k.place) from unnest(f.conkey) with ordinality k(attnum, place)
        join pg_attribute a on a.attrelid = f.conrelid and a.attnum = k.attnum),
      'table', f.confrelid::int8,
      'targets', (select json_agg(a.attname order by k.place) from unnest(f.confkey) with ordinality k(attnum, place)
        join pg_attribute a on a.attrelid = f.confrelid and a.attnum = k.attnum)
    )), '[]')
    from pg_constraint f where f.conrelid = c.oid and f.contype = 'f'
  ),
  'deferrable', (
    select coalesce(json_agg(distinct format('%I.%I', cn.nspname, f.conname)), '[]')
    from pg_constraint f join pg_namespace cn on cn.oid = f.connamespace
    where (f.conrelid = c.oid or f.confrelid = c.oid) and f.condeferrable
  )
) as info
from pg_class c join pg_namespace n on n.oid = c.relnamespace
left join lateral (
  with recursive below as (
    select coalesce(pg_partition_root(c.oid), c.oid) as oid, c.relkind as kind
    union
    select base.oid, base.relkind
    from below join pg_rewrite w on w.ev_class = below.oid and w.rulename = '_RETURN'
    join pg_depend p on p.classid = 'pg_rewrite'::regclass and p.objid = w.oid and p.refclassid = 'pg_class'::regclass
    join pg_class base on base.oid = p.refobjid and base.oid <> below.oid
    where below.kind = 'v'
  )
  select min(oid::int8)::oid as oid from below where kind in ('r', 'p', 'f') having count(*) = 1
) owner on true
where c.oid = to_regclass($1)`

const whatIsNone: ReadonlyMap<string, string> = new Map([
  ['S', 'a sequence'],
  ['c', 'a composite type'],
  ['i', 'an index'],
  ['I', 'an index'],
  ['t', 'a part of another table'],
])

function assertTable({ kind, sql }: TableInfo): void {
  const what = whatIsNone.get(kind)
  if (what === undefined) return
  throw new LadingError('RESOURCE_MISMATCH', `${sql} is ${what}, and no table.`)
}

/** Reads a table; undefined where there is none of that name. */
export async function findTable(client: Client, table: string): Promise<TableInfo | undefined> {
  const { rows } = await client.query(query, [tableIdentifier(table)])
  // The query builds exactly this shape.
  return rows[0]?.info as TableInfo | undefined
}

/** @throws LadingError `RESOURCE_MISMATCH` if there is none of that name. */
export async function readTable(client: Client, table: string): Promise<TableInfo> {
  const info = await findTable(client, table)
  if (info === undefined) {
    throw new LadingError(
      'RESOURCE_MISMATCH',
      `There is no table "${table}" in the database; create it, or run its migrations first.`,
    )
  }
  assertTable(info)
  return info
}
