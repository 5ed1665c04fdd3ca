// Checks that the tables of Lading's own schema survive a crash of PostgreSQL.
import { and } from '../../engine/catalogue/rules/check-words.ts'
import { LadingError } from '../../errors/lading-error.ts'
import type { Client } from '../../postgres/pool/checkout.ts'
import { databaseFault } from '../../postgres/sqlstate.ts'

const query = `
select oid::regclass::text as name, relkind = 'S' as is_sequence from pg_class
where relnamespace = to_regnamespace('lading') and relkind in ('r', 'S') and relpersistence <> 'p' order by oid`

/** They may have been altered to `UNLOGGED`, which writes less. @throws LadingError `CONFIG_INVALID` */
export async function assertOwnTablesDurable(client: Client): Promise<void> {
  const { rows } = await client.query(query).catch((error: unknown) => {
    throw databaseFault(error)
  })
  if (rows.length === 0) return
  const names = rows.map(({ name }) => String(name))
  const remedies = rows.map(
    ({ name, is_sequence }) => `ALTER ${is_sequence === true ? 'SEQUENCE' : 'TABLE'} ${name} SET LOGGED`,
  )
  throw new LadingError(
    'CONFIG_INVALID',
    `${and(names)} ${names.length > 1 ? 'are' : 'is'} UNLOGGED: a crash of PostgreSQL would empty ${names.length > 1 ? 'them, and lose' : 'it, and lose'} jobs that were accepted. Run ${and(remedies)}.`,
  )
}
