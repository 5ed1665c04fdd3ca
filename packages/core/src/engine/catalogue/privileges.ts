// A target and what is to be done with it → the privileges that the database user lacks, found before the first row.
import { LadingError } from '../../errors/lading-error.ts'
import { tableIdentifier } from '../../postgres/identifier.ts'
import type { Client } from '../../postgres/pool/client.ts'
import { databaseFault } from '../../postgres/sqlstate.ts'
import { clearTable } from '../../util/text/names-in-sentences.ts'
import type { Target } from './target.ts'

export interface Doing {
  /** Rows of the table are changed. */
  readonly updates: boolean
  /** Rows of the table are looked at, whatever the file brings. */
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
 * Keys and references are looked up wherever a record is not plainly good, so that the import of a file with one
 * duplicate would end in its midst.
 *
 * @throws LadingError `DATABASE_REFUSED` naming each that is missing
 */
export async function assertPrivileges(client: Client, target: Target, doing: Doing): Promise<void> {
  const { table, writable, keys, references } = target
  const changed = writable.filter(({ info }) => doing.updates && !info.isAlways)
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
  const isRead = doing.reads || keys.length > 0 || references.some(({ isSelf }) => isSelf)
  // The query builds exactly these shapes.
  const lacking = (privilege: string, names: unknown) =>
    names === null ? [] : [`${privilege} on ${table.sql} (${(names as string[]).map(quoted).join(', ')})`]
  const hidden = (found?.referred ?? []) as readonly string[]
  const names = new Set(references.map(({ reference }) => reference.table))
  const unread = [...names].filter(name => hidden.includes(tableIdentifier(name)))
  const drawn = table.columns
    .map(({ name }) => name)
    .filter(name => !writable.some(({ info }) => info.name === name))
  const missing = [
    ...(found?.schema == null ? [] : [`USAGE on the schema ${String(found.schema)}`]),
    ...lacking('INSERT', found?.insert),
    ...lacking('UPDATE', found?.update),
    ...(isRead && found?.selects === false ? [`SELECT on ${table.sql}`] : []),
    ...unread.map(table => `SELECT on ${clearTable(table)}`),
    ...(found?.temporary === false
      ? ['TEMPORARY on the database, for the tables that files are judged in']
      : []),
    ...(await sequencesNotDrawn(client, target, drawn)),
  ]
  if (missing.length === 0) return
  throw lackingFault(target, missing)
}

/**
 * Defaults of columns that a file leaves out draw from sequences. Which are left out is known when the first records are.
 *
 * @throws LadingError `DATABASE_REFUSED` naming each sequence that the user may not use
 */
export async function assertDraws(client: Client, target: Target, columns: readonly string[]): Promise<void> {
  const missing = await sequencesNotDrawn(client, target, columns)
  if (missing.length > 0) throw lackingFault(target, missing)
}

/** An identity column draws without asking, and has no default. */
const drawnQuery = `
select distinct seq.oid::regclass::text as name
from pg_attrdef d
  join pg_attribute a on a.attrelid = d.adrelid and a.attnum = d.adnum
  join pg_depend p on p.classid = 'pg_attrdef'::regclass and p.objid = d.oid and p.refclassid = 'pg_class'::regclass
  join pg_class seq on seq.oid = p.refobjid and seq.relkind = 'S'
where d.adrelid = $1::oid and a.attname = any ($2::text[]) 
  and case when seq.relkind = 'S' then not has_sequence_privilege(seq.oid, 'usage, update') end
order by 1`

async function sequencesNotDrawn(
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
