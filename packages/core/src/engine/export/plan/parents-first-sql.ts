// A self-referencing table + the selected rows → SQL that finds an order with parents before children, and reads in it.

import { doBlock, identifier } from '../../../postgres/identifier.ts'
import type { ForeignKeyInfo } from '../../catalogue/table-info.ts'
import type { Target } from '../../catalogue/target.ts'
import { defaultFields } from '../selection/export-fields.ts'
import type { RowSource } from './export-plan.ts'

/**
 * The self-references that matter to an import of the file: a field of the file fills them, or the database does.
 */
export function selfReferences({ resource, table, columns, references }: Target): readonly ForeignKeyInfo[] {
  const exported = new Set(defaultFields(resource))
  const isExported = ({ field }: { readonly field: (typeof columns)[number]['field'] }) => exported.has(field)
  const filled = new Set([
    ...columns.filter(isExported).map(({ info }) => info.name),
    // Through a lookup field, even if the referring field is not shown.
    ...references.filter(({ joined }) => joined.some(isExported)).map(({ column }) => column.info.name),
    ...table.columns.filter(({ isGenerated }) => isGenerated).map(({ name }) => name),
  ])
  return table.foreignKeys.filter(
    key => key.table === table.oid && key.columns.some(column => filled.has(column)),
  )
}

/**
 * Stores the positions (`ctid`) of all rows in print order in transaction-local settings; stores nothing if the rows are
 * in that order already. The order is `rows.order`, except that a row's parents, and their parents, come before it. Rows
 * in a cycle come last.
 *
 * It walks over arrays, since any query would slow down with the depth: it would need a join per level, and with two
 * references a row has a level for each path to it. It uses settings, since a read-only transaction cannot create a
 * table, and a standby cannot either.
 */
export function findOrderSql({ table }: Target, keys: readonly ForeignKeyInfo[], rows: RowSource): string {
  const keyColumns = keys.flatMap(({ columns, targets }, index) => [
    ...columns.map((column, part) => `t.${identifier(column)} as refers_${index}_${part}`),
    ...targets.map((column, part) => `t.${identifier(column)} as meant_${index}_${part}`),
  ])
  const parentJoins = keys.map(({ columns }, index) => {
    const p = `p${index}`
    const conditions = [
      ...columns.map((_, part) => `${p}.meant_${index}_${part} = r.refers_${index}_${part}`),
      // A row that refers to itself needs no parent.
      `${p}.number <> r.number`,
      // Rows of child tables have their own keys, which foreign keys do not cover.
      ...(table.isPartitioned ? [] : [`${p}.relation = ${table.oid}::oid`]),
    ]
    return `left join listed ${p} on ${conditions.join(' and ')}`
  })
  const numbers = keys.map((_, index) => `coalesce(p${index}.number, 0)`)
  return doBlock(`
declare
  places tid[];
  relations oid[];
  -- For each row the numbers of those that it refers to, or 0.
  parents int[];
  is_in_order boolean;
  -- 0: not yet seen, 1: waits for others, 2: has its place, 3: waits for itself in the end.
  states int[];
  ordered int[] := '{}';
  waiting int[] := '{}';
  height int;
  row_number int;
  parent int;
  rows_found int;
begin
  with listed as materialized (
    select (row_number() over (order by ${rows.order}))::int as number, t.ctid as place, t.tableoid as relation, ${keyColumns.join(', ')}
    from ${rows.table} ${rows.joinsAndWhere}
  )
  select array_agg(found.place), array_agg(found.relation), array_agg(found.parents), count(*), bool_and(found.latest < found.number)
  into places, relations, parents, rows_found, is_in_order
  from (
    select r.number, r.place, r.relation, array[${numbers.join(', ')}] as parents, greatest(${numbers.join(', ')}) as latest
    from listed r ${parentJoins.join(' ')}
    order by r.number
  ) found;
  perform set_config('lading.places', '', true), set_config('lading.relations', '', true);
  if rows_found = 0 or is_in_order then
    return;
  end if;
  states := array_fill(0, array[rows_found]);
  for begun in 1..rows_found loop
    continue when states[begun] <> 0;
    waiting[1] := begun;
    states[begun] := 1;
    height := 1;
    while height > 0 loop
      row_number := waiting[height];
      parent := 0;
      for reference in 1..${keys.length} loop
        parent := parents[row_number][reference];
        exit when parent <> 0 and states[parent] <> 2;
        parent := 0;
      end loop;
      if parent = 0 then
        states[row_number] := 2;
        ordered[cardinality(ordered) + 1] := row_number;
        height := height - 1;
      elsif states[parent] = 0 then
        states[parent] := 1;
        height := height + 1;
        waiting[height] := parent;
      else
        for place in 1..height loop
          states[waiting[place]] := 3;
        end loop;
        height := 0;
      end if;
    end loop;
  end loop;
  for left_over in 1..rows_found loop
    continue when states[left_over] = 2;
    ordered[cardinality(ordered) + 1] := left_over;
  end loop;
  -- As text at once, and one after the other: made of arrays of them, a million places take 220 MB in place of 90.
  perform set_config('lading.places', '{' || string_agg('"' || places[item.number] || '"', ',') || '}', true)
  from (select number from unnest(ordered) with ordinality item (number, position) order by position) item;
  perform set_config('lading.relations', '{' || string_agg(relations[item.number]::text, ',') || '}', true)
  from (select number from unnest(ordered) with ordinality item (number, position) order by position) item;
end`)
}

/** Whether the order found differs from the current one. */
export const hasOrderSql = `select current_setting('lading.places') <> '' as is_found`

/** The same rows in the order found. A row's `ctid` is stable within the snapshot. */
export function orderedSourceSql({ table, joinsAndWhere }: RowSource): string {
  const found = `unnest(current_setting('lading.places')::tid[], current_setting('lading.relations')::oid[])`
  return `from ${found} with ordinality found (place, relation, position) join ${table} on t.ctid = found.place and t.tableoid = found.relation ${joinsAndWhere} order by found.position`
}
