// A target and the planned access → the privileges that the database user lacks, checked before the first row.
import { LadingError } from '../../errors/lading-error.ts'
import { tableIdentifier } from '../../postgres/identifier.ts'
import type { Client } from '../../postgres/pool/checkout.ts'
import { databaseFault } from '../../postgres/sqlstate.ts'
import { displayTable } from '../../util/text/names-in-sentences.ts'
import type { Target } from './target.ts'

export interface ImportAccess {
  /** The import updates rows of the table. */
  readonly updates: boolean
  /** The import always reads rows of the table. */
  readonly reads: boolean
}

const query = `
select
  has_database_privilege(current_database(), 'temporary') as temporary,
  has_table_privilege($1::oid, 'select') as selects,
  (select quote_ident(nspname) from pg_namespace where oid = (select relnamespace from pg_class where oid = $1::oid)
    and not has_schema_privilege(oid, 'usage')) as schema,
  (select json_agg(name) from unnest($2::text[]) name where not has_column_privilege($1::oid, name, 'insert')) as insert,
  (select json_agg(name) from unnest($3::text[]) name where not has_column_privilege($1::oid, name, 'update')) as update,
  (select json_agg(distinct place) from unnest($4::text[], $5::text[]) referred(place, name)
    where to_regclass(place) is not null and not has_column_privilege(to_regclass(place)::oid, name, 'select')) as referred`

/**
 * Checks all privileges up front. Keys and references are looked up only once a record is suspect, so without this check
 * an import could fail halfway, at the first duplicate.
 *
 * @throws LadingError `DATABASE_REFUSED` naming each missing privilege
 */
export async function assertPrivileges(client: Client, target: Target, access: ImportAccess): Promise<void> {
  const { table, writable, keys, references } = target
  const changed = writable.filter(({ info }) => access.updates && !info.isAlways)
  const { rows } = await client
    .query(query, [
      table.oid,
      writable.map(({ info }) => info.name),
      changed.map(({ info }) => info.name),
      references.map(({ reference }) => tableIdentifier(reference.table)),
      references.map(({ reference }) => reference.column),
    ])
    .catch((error: unknown) => {
      throw databaseFault(error)
    })
  const [found] = rows
  const needsSelect = access.reads || keys.length > 0 || references.some(({ isSelf }) => isSelf)
  // The query builds exactly these shapes.
  const lacking = (privilege: string, names: unknown) =>
    names === null ? [] : [`${privilege} on ${table.sql} (${(names as string[]).map(quoted).join(', ')})`]
  const notReadable = (found?.referred ?? []) as readonly string[]
  const names = new Set(references.map(({ reference }) => reference.table))
  const unreadable = [...names].filter(name => notReadable.includes(tableIdentifier(name)))
  const unwritten = table.columns
    .map(({ name }) => name)
    .filter(name => !writable.some(({ info }) => info.name === name))
  const missing = [
    ...(found?.schema == null ? [] : [`USAGE on the schema ${String(found.schema)}`]),
    ...lacking('INSERT', found?.insert),
    ...lacking('UPDATE', found?.update),
    ...(needsSelect && found?.selects === false ? [`SELECT on ${table.sql}`] : []),
    ...unreadable.map(table => `SELECT on ${displayTable(table)}`),
    ...(found?.temporary === false ? ['TEMPORARY on the database, for the staging tables'] : []),
    ...(await missingSequencePrivileges(client, target, unwritten)),
  ]
  if (missing.length === 0) return
  throw lackingFault(target, missing)
}

/**
 * Checks the sequences that the defaults of these columns draw from. Which columns a file omits is known only once the
 * first records have been read.
 *
 * @throws LadingError `DATABASE_REFUSED` naming each sequence that the user may not use
 */
export async function assertSequencePrivileges(
  client: Client,
  target: Target,
  columns: readonly string[],
): Promise<void> {
  const missing = await missingSequencePrivileges(client, target, columns)
  if (missing.length > 0) throw lackingFault(target, missing)
}

/** Identity columns are not checked: they need no privilege on their sequence, and have no default. */
const drawnQuery = `
select distinct seq.oid::regclass::text as name
from pg_attrdef d
  join pg_attribute a on a.attrelid = d.adrelid and a.attnum = d.adnum
  join pg_depend p on p.classid = 'pg_attrdef'::regclass and p.objid = d.oid and p.refclassid = 'pg_class'::regclass
  join pg_class seq on seq.oid = p.refobjid and seq.relkind = 'S'
where d.adrelid = $1::oid and a.attname = any ($2::text[]) 
  and case when seq.relkind = 'S' then not has_sequence_privilege(seq.oid, 'usage, update') end
order by 1`

async function missingSequencePrivileges(
  client: Client,
  { table }: Target,
  columns: readonly string[],
): Promise<readonly string[]> {
  if (columns.length === 0) return []
  const { rows } = await client.query(drawnQuery, [table.oid, columns])
  return rows.map(({ name }) => `USAGE on the sequence ${String(name)}`)
}

function lackingFault({ resource }: Target, missing: readonly string[]): LadingError {
  return new LadingError(
    'DATABASE_REFUSED',
    `The database user may not import into the resource "${resource.name}"; grant it ${missing.join('; ')}.`,
  )
}

const quoted = (name: string) => `"${name}"`
