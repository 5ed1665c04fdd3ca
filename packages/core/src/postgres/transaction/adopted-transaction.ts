// Applies Lading's settings to a transaction that the caller began, and restores the caller's settings afterwards.
import { LadingError } from '../../errors/lading-error.ts'
import type { Client } from '../pool/pg.ts'
import { databaseFault, sqlstate } from '../sqlstate.ts'
import { importSettings, setLocal } from './transaction.ts'

const settingNames = [...importSettings.keys()]

/** A savepoint fails outside a transaction, and in the implicit transaction of a query. */
const inspectSql = `savepoint lading_look; release savepoint lading_look;
  select current_setting('transaction_isolation') as isolation, current_setting('transaction_read_only') as read_only,
    array[${settingNames.map(name => `current_setting('${name}')`).join(', ')}] as settings`

/**
 * The caller's timeouts stay in force. Other settings would last until the caller's commit, so they are restored.
 *
 * @returns restores the settings; does nothing in a failed transaction, whose rollback restores them
 * @throws LadingError `OPTION_INVALID` without a transaction, or in one with the wrong isolation level or access mode
 */
export async function adoptTransaction(client: Client): Promise<() => Promise<void>> {
  const results: unknown = await client.query(inspectSql).catch((error: unknown) => {
    throw sqlstate(error) === '25P01'
      ? invalidClient('is not in a transaction; send BEGIN first')
      : databaseFault(error)
  })
  // The third statement returns exactly this shape.
  const [current] = (results as [unknown, unknown, { readonly rows: [TransactionState] }])[2].rows
  if (current.isolation !== 'read committed') {
    throw invalidClient(
      `is in a transaction at isolation level ${current.isolation}, in which an import would not see what others have committed since it began; use BEGIN ISOLATION LEVEL READ COMMITTED`,
    )
  }
  if (current.read_only === 'on') {
    throw invalidClient('is in a transaction that is read only; use BEGIN READ WRITE')
  }
  const applySettings = async (values: readonly string[]) => {
    await client.query(settingNames.map((name, index) => setLocal(name, values[index] ?? '')).join('; '))
  }
  await applySettings([...importSettings.values()]).catch((error: unknown) => {
    throw databaseFault(error)
  })
  return () => applySettings(current.settings).catch(() => undefined)
}

interface TransactionState {
  readonly isolation: string
  readonly read_only: string
  readonly settings: readonly string[]
}

function invalidClient(why: string): LadingError {
  return new LadingError('OPTION_INVALID', `The connection in the option client ${why}.`)
}
