/** Connects to the server: checks that it accepts connections, and creates the database. */
import { Client, escapeIdentifier } from 'pg'
import { EmbeddedPostgresError } from './embedded-error.ts'

export interface Address {
  readonly port: number
  readonly password: string
}

/** Rejects with the driver's error if the server does not accept a connection. */
export async function connectOnce(address: Address): Promise<void> {
  await withClient(address, async () => undefined)
}

/** Creates the database if it is missing. Call under the lock. */
export async function ensureDatabase(address: Address, database: string): Promise<void> {
  try {
    await withClient(address, async client => {
      const { rowCount } = await client.query('select 1 from pg_database where datname = $1', [database])
      if (rowCount === 0) await client.query(`create database ${escapeIdentifier(database)}`)
    })
  } catch (cause) {
    throw new EmbeddedPostgresError(
      'START_FAILED',
      `The server runs, but the database ${JSON.stringify(database)} could not be created: see the cause, or choose another name`,
      cause,
    )
  }
}

async function withClient<T>({ port, password }: Address, work: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client({
    host: '127.0.0.1',
    port,
    user: 'postgres',
    password,
    database: 'postgres',
    connectionTimeoutMillis: 5_000,
  })
  // A connection that breaks between two queries is also reported here; the next query rejects anyway.
  client.on('error', () => undefined)
  try {
    await client.connect()
    return await work(client)
  } finally {
    await client.end()
  }
}
