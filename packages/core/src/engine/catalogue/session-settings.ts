// Session settings that would break Lading's guarantees → an error naming the setting, before anything is read or written.
import { LadingError } from '../../errors/lading-error.ts'
import type { Client } from '../../postgres/pool/checkout.ts'
import { databaseFault } from '../../postgres/sqlstate.ts'

/** Unsupported values and their effect. Only a superuser can set or reset these settings. */
const unsupported: readonly { readonly name: string; readonly value: string; readonly does: string }[] = [
  { name: 'session_replication_role', value: 'replica', does: 'turns triggers and foreign keys off' },
  { name: 'zero_damaged_pages', value: 'on', does: 'drops the rows of damaged pages without an error' },
  { name: 'ignore_checksum_failure', value: 'on', does: 'reads damaged pages without an error' },
]

/**
 * Expression for a schema that precedes pg_catalog in the search path and has a function, an operator or a type with the
 * name of one in pg_catalog: SQL would change its meaning. It is null otherwise, and costs nothing if pg_catalog is first.
 */
const shadowing = `
  (select min(n.nspname) from unnest(current_schemas(true)) with ordinality path(schema, place)
    join pg_catalog.pg_namespace n on n.nspname = path.schema
    where path.schema not like 'pg\\_temp\\_%'
      and path.place < array_position(current_schemas(true), 'pg_catalog'::name)
      and (
        exists (select from pg_catalog.pg_proc own join pg_catalog.pg_proc other using (proname)
          where own.pronamespace = n.oid and other.pronamespace = 'pg_catalog'::regnamespace)
        or exists (select from pg_catalog.pg_operator own join pg_catalog.pg_operator other using (oprname)
          where own.oprnamespace = n.oid and other.oprnamespace = 'pg_catalog'::regnamespace)
        or exists (select from pg_catalog.pg_type own join pg_catalog.pg_type other using (typname)
          where own.typnamespace = n.oid and other.typnamespace = 'pg_catalog'::regnamespace)
      ))`

const query = `select array[${unsupported.map(({ name }) => `pg_catalog.current_setting('${name}')`).join(', ')}] as settings,
  ${shadowing} as shadowing`

/** @throws LadingError `DATABASE_REFUSED` if a setting or the search path is unsupported */
export async function assertSupportedSettings(client: Client): Promise<void> {
  const { rows } = await client.query(query).catch((error: unknown) => {
    throw databaseFault(error)
  })
  // The query builds exactly these shapes.
  const [found] = rows as [{ readonly settings: readonly string[]; readonly shadowing: string | null }]
  const bad = unsupported.find(({ value }, index) => found.settings[index] === value)
  if (bad !== undefined) {
    throw new LadingError(
      'DATABASE_REFUSED',
      `The database session has ${bad.name} = ${bad.value}, which ${bad.does}; reset it for the user and the database that Lading uses.`,
    )
  }
  if (found.shadowing === null) return
  throw new LadingError(
    'DATABASE_REFUSED',
    `The search_path of the database session has the schema "${found.shadowing}" before pg_catalog, and that schema redefines names of pg_catalog, so SQL could change its meaning; put pg_catalog first, or omit it.`,
  )
}
