// Reads everything about a table from the catalogue, in one query.
import { LadingError } from '../../errors/lading-error.ts'
import { tableIdentifier } from '../../postgres/identifier.ts'
import type { Client } from '../../postgres/pool/checkout.ts'

export interface ColumnInfo {
  readonly name: string
  /** Internal name of the base type, such as `timestamptz`, `varchar`, `_text`; for a domain, of its base type. */
  readonly type: string
  /** `pg_type.typcategory`: `A` array, `E` enum, `S` string … */
  readonly category: string
  /** Base type of an array's elements, or null. */
  readonly elementType: string | null
  /** Delimiter between the elements of an array literal, or null. */
  readonly elementDelimiter: string | null
  /** Type modifier of the column or of its domain (length, precision and scale, packed), or -1; see `fit.ts`. */
  readonly typmod: number
  /** A cast to text may differ from what PostgreSQL prints: see `output-text.ts`. */
  readonly hasTextCast: boolean
  /** A cast from text is a function, which may differ from how PostgreSQL reads the text; of an array, of its elements. */
  readonly castsFromText: boolean
  /** Labels of an enum or of a list of enums; null for any other type. */
  readonly labels: readonly string[] | null
  /** The base type as SQL, without length: a cast to it never cuts or rounds silently. */
  readonly castType: string
  /** Declared on the column or on its domain. */
  readonly notNull: boolean
  /** SQL expression of the column's default, or null. */
  readonly default: string | null
  /** Sequences owned by the column or used by its default; quoted, with their schemas. */
  readonly sequences: readonly string[]
  /** Computed by the database from other columns: an import cannot write it. */
  readonly isGenerated: boolean
  /** `generated always as identity`: an insert must override it, and an update can only set it to its default. */
  readonly isAlways: boolean
  /** True for a read-only column of an automatically updatable view. */
  readonly isComputed: boolean
}

export interface UniqueIndexInfo {
  readonly name: string
  readonly primary: boolean
  /** Valid, without predicate, and not deferrable. */
  readonly usable: boolean
  /** `nulls not distinct`: nulls are equal. */
  readonly nullsEqual: boolean
  /** Columns or expressions, as SQL. */
  readonly parts: readonly string[]
}

export interface ForeignKeyInfo {
  readonly name: string
  readonly columns: readonly string[]
  /** `oid` of the referenced table. */
  readonly table: number
  /** Columns of the referenced table, in the order of `columns`. */
  readonly targets: readonly string[]
}

export interface TableInfo {
  readonly oid: number
  /** Quoted, with its schema. */
  readonly sql: string
  /** `pg_class.relkind`: `r` table, `p` partitioned, `v` view, `m` materialized view, `f` foreign table … */
  readonly kind: string
  /** Whether rows can be inserted, directly or through a trigger. */
  readonly takesRows: boolean
  /** COPY stores rows as an insert would: a table of this database, with its partitions, and without rules. */
  readonly takesCopy: boolean
  readonly isPartitioned: boolean
  /** Other tables inherit from it. Their rows are also rows of this table, but its unique indexes do not cover them. */
  readonly hasChildTables: boolean
  readonly columns: readonly ColumnInfo[]
  readonly uniqueIndexes: readonly UniqueIndexInfo[]
  /** Whether the table or a partition has an exclusion constraint. */
  readonly hasExclusions: boolean
  readonly foreignKeys: readonly ForeignKeyInfo[]
  /** Deferrable constraints of the table and deferrable foreign keys to it; quoted, with their schemas. */
  readonly deferrable: readonly string[]
}

const query = `
select json_build_object(
  'oid', c.oid::int8,
  'sql', format('%I.%I', n.nspname, c.relname),
  'kind', c.relkind,
  'takesRows', pg_relation_is_updatable(c.oid, true) & 8 <> 0,
  'takesCopy', c.relkind in ('r', 'p')
    and not exists (select from pg_rewrite w where w.ev_class = c.oid)
    and not exists (
      select from pg_partition_tree(c.oid) part join pg_class p on p.oid = part.relid where p.relkind = 'f'
    ),
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
      'castsFromText', exists (
        select from pg_cast k
        where k.castsource = 'text'::regtype and k.casttarget = coalesce(e.oid, t.oid) and k.castmethod = 'f'
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
    -- An identity column of a partition draws from the sequence of its parent table. A column of a view draws from that
    -- of the base table's column with the same name.
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

const otherKinds: ReadonlyMap<string, string> = new Map([
  ['S', 'a sequence'],
  ['c', 'a composite type'],
  ['i', 'an index'],
  ['I', 'an index'],
  ['t', 'a part of another table'],
])

function assertTable({ kind, sql }: TableInfo): void {
  const description = otherKinds.get(kind)
  if (description === undefined) return
  throw new LadingError('RESOURCE_MISMATCH', `${sql} is ${description}, not a table.`)
}

/** Reads a table. Returns undefined if it does not exist. */
export async function findTable(client: Client, table: string): Promise<TableInfo | undefined> {
  const { rows } = await client.query(query, [tableIdentifier(table)])
  // The query builds exactly this shape.
  return rows[0]?.info as TableInfo | undefined
}

/** @throws LadingError `RESOURCE_MISMATCH` if the table does not exist, or the name is not a table's */
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
