// Reads from the catalogue what a shadow table must copy from its table, and what it cannot copy.
import { LadingError } from '../../../errors/lading-error.ts'
import type { Client } from '../../../postgres/pool/checkout.ts'

export interface ShadowInfo {
  /** Primary key, unique and exclusion constraints. */
  readonly constraints: readonly { readonly name: string; readonly sql: string; readonly type: string }[]
  /** Unique indexes that are not constraints. @property sql the definition from USING on */
  readonly indexes: readonly { readonly name: string; readonly sql: string }[]
  readonly foreignKeys: readonly string[]
  readonly hasTriggers: boolean
  readonly hasRowSecurity: boolean
  /** Sequences that defaults draw from, as the defaults name them. @property last the last number drawn, or null */
  readonly sequences: readonly {
    readonly name: string
    readonly options: string
    readonly last: string | null
  }[]
}

// `pg_get_indexdef` names the table; the part from USING on does not.
const query = `
select json_build_object(
  'constraints', (
    select coalesce(json_agg(json_build_object('name', f.conname, 'type', f.contype,
      'sql', regexp_replace(pg_get_constraintdef(f.oid), ' DEFERRABLE( INITIALLY DEFERRED)?', ''))), '[]')
    from pg_constraint f where f.conrelid = c.oid and f.contype in ('p', 'u', 'x')
  ),
  'indexes', (
    select coalesce(json_agg(json_build_object('name', ic.relname,
      'sql', substring(pg_get_indexdef(ic.oid) from ' USING .*'))), '[]')
    from pg_index i join pg_class ic on ic.oid = i.indexrelid
    where i.indrelid = c.oid and i.indisunique and i.indisvalid
      and not exists (select from pg_constraint f where f.conindid = ic.oid and f.contype in ('p', 'u', 'x'))
  ),
  'foreignKeys', (
    select coalesce(json_agg(f.conname), '[]') from pg_constraint f where f.conrelid = c.oid and f.contype = 'f'
  ),
  'hasTriggers', exists (select from pg_trigger g where g.tgrelid = c.oid and not g.tgisinternal and g.tgenabled <> 'D'),
  'hasRowSecurity', c.relrowsecurity,
  'sequences', (
    select coalesce(json_agg(json_build_object('name', name,
      'options', format('as %s increment %s minvalue %s maxvalue %s start %s %s', q.seqtypid::regtype,
        q.seqincrement, q.seqmin, q.seqmax, q.seqstart, case when q.seqcycle then 'cycle' else '' end),
      'last', case when has_sequence_privilege(name::regclass, 'SELECT, USAGE')
        then pg_sequence_last_value(name::regclass)::text end)), '[]')
    from unnest($2::text[]) as name join pg_sequence q on q.seqrelid = name::regclass
  )
) as info
from pg_class c where c.oid = $1::int8::oid`

/** @param sequences as `nextval` names them */
export async function readShadowInfo(
  client: Client,
  table: number,
  sequences: readonly string[],
): Promise<ShadowInfo> {
  const { rows } = await client.query(query, [table, sequences])
  const info = rows[0]?.info
  if (info === undefined)
    throw new LadingError(
      'RESOURCE_MISMATCH',
      'The table no longer exists; create it again, or remove the resource.',
    )
  // The query builds exactly this shape.
  return info as ShadowInfo
}
