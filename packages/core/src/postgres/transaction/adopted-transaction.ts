// A transaction that somebody else has begun → the same with our settings, for as long as we work in it.
import { LadingError } from '../../errors/lading-error.ts'
import type { Client } from '../pool/pg.ts'
import { databaseFault, sqlstate } from '../sqlstate.ts'
import { meaningsByName, setLocal } from './transaction.ts'

const names = [...meaningsByName.keys()]

/** A savepoint is refused outside of a transaction, also by the implicit one of a query. */
const lookSql = `savepoint lading_look; release savepoint lading_look;
  select current_setting('transaction_isolation') as isolation, current_setting('transaction_read_only') as read_only,
    array[${names.map(name => `current_setting('${name}')`).join(', ')}] as settings`

/**
 * Limits of time stay those of the caller. A setting would last until the caller's commit, so all are put back.
 *
 * @returns puts the settings back; does nothing where the transaction has failed, since its rollback does it
 * @throws LadingError `OPTION_INVALID` where there is no transaction, or one in which an import would judge otherwise
 */
export async function adoptTransaction(client: Client): Promise<() => Promise<void>> {
  const results: unknown = await client.query(lookSql).catch((error: unknown) => {
    throw sqlstate(error) === '25P01' ? unfit('is in no transaction; send BEGIN first') : databaseFault(error)
  })
  // The third of the statements has exactly this shape.
  const [found] = (results as [unknown, unknown, { readonly rows: [Look] }])[2].rows
  if (found.isolation !== 'read committed') {
    throw unfit(
      `is in a transaction at isolation level ${found.isolation}, in which an import would not see what others have committed since it began; use BEGIN ISOLATION LEVEL READ COMMITTED`,
    )
  }
  if (found.read_only === 'on') {
    throw unfit('is in a transaction that is read only; use BEGIN READ WRITE')
  }
  const set = async (values: readonly string[]) => {
    await client.query(names.map((name, index) => setLocal(name, values[index] ?? '')).join('; '))
  }
  await set([...meaningsByName.values()]).catch((error: unknown) => {
    throw databaseFault(error)
  })
  return () => set(found.settings).catch(() => undefined)
}

interface Look {
  readonly isolation: string
  readonly read_only: string
  readonly settings: readonly string[]
}

function unfit(why: string): LadingError {
  return new LadingError('OPTION_INVALID', `The connection in the option client ${why}.`)
}
