// Refusals by an index of a partition → by the index of the table that its owner named.
import type { Target } from '../catalogue/target.ts'
import type { Client } from '../postgres/client.ts'
import type { Refusal } from './refusal.ts'

const query = `
select partition.relname as name, root.relname as root
from pg_partition_tree($1::int8::oid::regclass) tree
join pg_index i on i.indrelid = tree.relid
join pg_class partition on partition.oid = i.indexrelid
join pg_class root on root.oid = pg_partition_root(i.indexrelid)
where partition.relname = any ($2::text[])`

/** A unique or exclusion constraint of a partitioned table speaks by the name that its index has in the partition. */
export async function byRootNames(
  client: Client,
  { table }: Target,
  refusals: readonly Refusal[],
): Promise<readonly Refusal[]> {
  if (!table.isPartitioned || refusals.length === 0) return refusals
  const names = [...new Set(refusals.map(({ constraint }) => constraint))]
  const { rows } = await client.query(query, [table.oid, names])
  const roots = new Map(rows.map(({ name, root }) => [String(name), String(root)]))
  return refusals.map(refusal => ({
    ...refusal,
    constraint: roots.get(refusal.constraint) ?? refusal.constraint,
  }))
}
